//go:build gc && !purego

// The constants of func_amd64.h.

#include "textflag.h"
#include "func_amd64.h"

// COLUMN sets the eight words of a constant, EIGHT each to the same.
#define COLUMN(i, a, b, c, d, e, f, g, h) \
	DATA ·funcConst+(32*i)(SB)/4, $(a); \
	DATA ·funcConst+(32*i+4)(SB)/4, $(b); \
	DATA ·funcConst+(32*i+8)(SB)/4, $(c); \
	DATA ·funcConst+(32*i+12)(SB)/4, $(d); \
	DATA ·funcConst+(32*i+16)(SB)/4, $(e); \
	DATA ·funcConst+(32*i+20)(SB)/4, $(f); \
	DATA ·funcConst+(32*i+24)(SB)/4, $(g); \
	DATA ·funcConst+(32*i+28)(SB)/4, $(h)
#define EIGHT(i, v) COLUMN(i, v, v, v, v, v, v, v, v)

EIGHT(0, 1.0)
EIGHT(1, 0x1.8p23)
EIGHT(2, 0x1.715476p0)
EIGHT(3, 0x1.62e43p-1)
EIGHT(4, -0x1.05c61p-29)
EIGHT(5, 0x80000000)
EIGHT(6, 0x7fffffff)
EIGHT(7, 0.5)
EIGHT(8, -104.0)
EIGHT(9, 89.0)
EIGHT(10, 0x1.694ca6p-10)
EIGHT(11, 0x1.12398p-7)
EIGHT(12, 0x1.555a26p-5)
EIGHT(13, 0x1.555492p-3)
EIGHT(14, 0x1.fffffap-2)
EIGHT(15, 0x1.0f3f4ap-10)
EIGHT(16, 0x1.9b56d2p-8)
EIGHT(17, 0x1.00033ap-5)
EIGHT(18, 0x1.fffedap-4)
EIGHT(19, 0x1.7ffffcp-2)
EIGHT(20, 0.75)
EIGHT(21, -0x1.721d3ep-5)
EIGHT(22, 0x1.ad4188p-4)
EIGHT(23, -0x1.0db586p-3)
EIGHT(24, 0x1.28852ep-3)
EIGHT(25, -0x1.54eb54p-3)
EIGHT(26, 0x1.9968fp-3)
EIGHT(27, -0x1.00004ep-2)
EIGHT(28, 0x1.5555a6p-2)
EIGHT(29, -0.5)
EIGHT(30, 0x1p-126)
EIGHT(31, 0x1p23)
EIGHT(32, 23)
EIGHT(33, 0x7f800000)
EIGHT(34, 0xff800000)
EIGHT(35, -20.0)
EIGHT(36, -110.0)
EIGHT(37, 0)
EIGHT(38, 2.0)
EIGHT(39, 3.0)
EIGHT(40, 6.0)
EIGHT(41, 0x1.555556p-3)
EIGHT(42, 0.125)
EIGHT(43, -0.5)
EIGHT(44, 0x1.0cfabep0)
EIGHT(45, 0x1.c212ccp0)
EIGHT(46, 14.75)
EIGHT(47, 0x1.988454p-2)
EIGHT(48, 11.0)
EIGHT(49, -11.0)
EIGHT(50, 0x1.988454p0)
EIGHT(51, 0x1.9884p0)
EIGHT(52, 0x1.4cf50ep-18)
EIGHT(53, 0x1.2444f2p-4)
EIGHT(54, 0x1.49b16ap-29)
EIGHT(55, 0x1.b6676cp-3)
EIGHT(56, -0x1.175e1p-32)

COLUMN(57, 0x1.9p0, 0x1.41p1, 0x1.09p2, 0x1.7cp2, 0x1.27p3, 0x1.acp3, 0.0, 0x1.94p-1)
COLUMN(58, 0x1.9a28d2p-3, 0x1.20b7ecp-3, 0x1.76cccp-4, 0x1.0bfd6ep-4, 0x1.5e7a36p-5, 0x1.e60182p-6, 0.5, 0x1.2c9e2cp-2)
COLUMN(59, -0x1.6051bap-4, -0x1.73eda2p-5, -0x1.48a5f6p-6, -0x1.57048p-7, -0x1.295f94p-8, -0x1.1f884ap-9, -0x1.988452p-2, -0x1.569f08p-3)
COLUMN(60, 0x1.0dd208p-5, 0x1.bc4bb4p-7, 0x1.14c7a2p-8, 0x1.ad0312p-10, 0x1.f34154p-12, 0x1.5268e2p-13, 0x1.ffff8ap-3, 0x1.4ae2bep-4)
COLUMN(61, -0x1.79685cp-7, -0x1.f201aep-9, -0x1.c19164p-11, -0x1.06827cp-12, -0x1.9ed6e4p-15, -0x1.8c3894p-17, -0x1.10508ap-3, -0x1.1ac67ep-5)
COLUMN(62, 0x1.e9721p-9, 0x1.080bbp-10, 0x1.60bbe6p-13, 0x1.3a9e06p-15, 0x1.548606p-18, 0x1.cd70dp-21, 0x1.ff07cap-5, 0x1.b6cbcp-7)
COLUMN(63, -0x1.288f4ep-10, -0x1.0acecp-12, -0x1.09b296p-15, -0x1.72af3p-18, -0x1.11cdc2p-21, -0x1.097c48p-24, -0x1.ab2cc8p-6, -0x1.382d72p-8)
COLUMN(64, 0x1.606578p-12, 0x1.09e394p-14, 0x1.a1a99cp-18, 0x1.ba76a2p-21, 0x1.dfbe7cp-25, 0x1.39c8aap-28, 0x1.2a3c8ep-7, 0x1.97da18p-10)
COLUMN(65, -0x1.b84f62p-14, -0x1.ee727ap-17, -0x1.737bbep-20, -0x1.d45a28p-24, -0x1.ceb926p-28, -0x1.cb2e14p-32, -0x1.016388p-9, -0x1.a1584p-11)

EIGHT(80, 0x1p-63)
EIGHT(81, 1e-12)
EIGHT(82, -100.0)
GLOBL ·funcConst(SB), RODATA|NOPTR, $(32*83)

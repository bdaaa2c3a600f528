// NEON instructions that the Go assembler does not have, by the numbers of their
// registers. Each has its disassembly beside it; a test decodes them. Names end in
// the arrangement, because later assemblers have some of them.

#define VFADD_S4(m, n, d) WORD $(0x4E20D400 | (m)<<16 | (n)<<5 | (d)) // fadd v$d.4s, v$n.4s, v$m.4s
#define VFCMGT_S4(m, n, d) WORD $(0x6EA0E400 | (m)<<16 | (n)<<5 | (d)) // fcmgt v$d.4s, v$n.4s, v$m.4s
#define VAND_B16(m, n, d) WORD $(0x4E201C00 | (m)<<16 | (n)<<5 | (d)) // and v$d.16b, v$n.16b, v$m.16b
#define VBIC_B16(m, n, d) WORD $(0x4E601C00 | (m)<<16 | (n)<<5 | (d)) // bic v$d.16b, v$n.16b, v$m.16b
#define VFMLA_S4_L(m, i, n, d) WORD $(0x4F801000 | ((i)&1)<<21 | ((i)>>1)<<11 | (m)<<16 | (n)<<5 | (d)) // fmla v$d.4s, v$n.4s, v$m.s[$i]

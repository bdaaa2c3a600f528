// The constants of the elementary functions: kernels_func_amd64.s holds each
// eight times, so that it is an operand for a YMM register, and by .BCST one for
// a ZMM register. Names and values as in package kernels.

#define CONST(i) ·funcConst+(32*(i))(SB)

#define K_ONE CONST(0)
#define K_MAGIC CONST(1)
#define K_LOG2E CONST(2)
#define K_LN2HI CONST(3)
#define K_LN2LO CONST(4)
#define K_SIGN CONST(5)
#define K_ABS CONST(6)
#define K_HALF CONST(7)

#define K_EXPMIN CONST(8)
#define K_EXPMAX CONST(9)

// q of expPoly, highest coefficient first.
#define K_Q4 CONST(10)
#define K_Q3 CONST(11)
#define K_Q2 CONST(12)
#define K_Q1 CONST(13)
#define K_Q0 CONST(14)

// Three quarters of it, of Sigmoid.
#define K_S4 CONST(15)
#define K_S3 CONST(16)
#define K_S2 CONST(17)
#define K_S1 CONST(18)
#define K_S0 CONST(19)
#define K_3QUARTERS CONST(20)

// w of log2p1.
#define K_W8 CONST(21)
#define K_W7 CONST(22)
#define K_W6 CONST(23)
#define K_W5 CONST(24)
#define K_W4 CONST(25)
#define K_W3 CONST(26)
#define K_W2 CONST(27)
#define K_W1 CONST(28)
#define K_W0 CONST(29)

#define K_MINNORMAL CONST(30)
#define K_TWO23 CONST(31)
#define K_INT23 CONST(32)
#define K_INF CONST(33)
#define K_NEGINF CONST(34)

#define K_MIN20 CONST(35)
#define K_MIN110 CONST(36)
#define K_ZERO CONST(37)
#define K_TWO CONST(38)
#define K_THREE CONST(39)
#define K_SIX CONST(40)
#define K_SIXTH CONST(41)
#define K_EIGHTH CONST(42)
#define K_MINUSHALF CONST(43)

// λ and λα of Selu.
#define K_LAMBDA CONST(44)
#define K_LAMBDAALPHA CONST(45)

// Of Gelu: the clamp, 1/√(2π).
#define K_GELUMAX CONST(46)
#define K_DENSITY0 CONST(47)

// Of GeluTanh.
#define K_GELUTANHMAX CONST(48)
#define K_GELUTANHMIN CONST(49)
#define K_GELUC1 CONST(50)
#define K_GELUC1CUT CONST(51)
#define K_GELUC1REST CONST(52)
#define K_GELUC2 CONST(53)
#define K_GELUC2REST CONST(54)
#define K_GELUC3 CONST(55)
#define K_GELUC3REST CONST(56)

// Columns 0 … 8 of mills, 8 rows each.
#define K_MILLS(i) CONST(57+i)

// Of the losses.
#define K_FLUSH CONST(80)
#define K_MINPROB CONST(81)
#define K_MINLOG CONST(82)

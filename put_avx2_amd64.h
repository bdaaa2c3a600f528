// The store of a part of a vector for AVX2.

// PUT stores half of the CX columns left of the row at DI, from R13 bytes on: the
// half at off, which starts with column n, from y, of which x is the low half. It
// overwrites x, y and R15. VMASKMOVPS would take 15 cycles on AMD's processors.
#define PUT(off, n, y, x) \
	CMPQ CX, $(n+8); \
	JLT 3(PC); \
	VMOVUPS y, off(DI)(R13*1); \
	JMP 15(PC); \
	LEAQ off(DI)(R13*1), R15; \
	TESTL $4, CX; \
	JEQ 4(PC); \
	VMOVUPS x, (R15); \
	VEXTRACTF128 $1, y, x; \
	ADDQ $16, R15; \
	TESTL $2, CX; \
	JEQ 4(PC); \
	VMOVLPS x, (R15); \
	VPERMILPD $1, x, x; \
	ADDQ $8, R15; \
	TESTL $1, CX; \
	JEQ 2(PC); \
	VMOVSS x, (R15)

//go:build gc && !purego

#include "textflag.h"
#include "pack_amd64.h"

// packRowsAVX512 copies rows into panels of 16 columns.
//
//	dst[p][k][l] = 16·p + l < cols ? src[k][16·p+l] : 0
//
// Spec    packRows.
// Needs   AVX-512 F, BW.
// Shapes  dst: panels × rows × 16, rows rsd and panels psd bytes apart; src: rows ×
//	cols, rows stride bytes apart; mask: a bit for each column of the last panel.
// Memory  Reads exactly those elements, writes the whole panels; prefetches the
//	row four ahead: rows that are far apart are in pages of their own.
// Cost    A load and a store for 16 elements.
//
// func packRowsAVX512(dst, src *float32, rows, panels, mask, stride, rsd, psd int)
TEXT ·packRowsAVX512(SB), 0, $128-64
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ rows+16(FP), CX
	MOVQ panels+24(FP), DX
	KMOVQ mask+32(FP), K1
	MOVQ stride+40(FP), BX
	MOVQ rsd+48(FP), R12
	MOVQ psd+56(FP), R13
	DECQ DX
row:
	MOVQ SI, R8
	MOVQ DI, R9
	MOVQ DX, R10
	TESTQ R10, R10
	JZ last
panel:
	VMOVUPS (R8), Z0
	PREFETCHT0 (R8)(BX*4)
	VMOVUPS Z0, (R9)
	ADDQ $64, R8
	ADDQ R13, R9
	DECQ R10
	JNZ panel
last:
	VMOVUPS.Z (R8), K1, Z0
	PREFETCHT0 (R8)(BX*4)
	VMOVUPS Z0, (R9)
	ADDQ BX, SI
	ADDQ R12, DI
	DECQ CX
	JNZ row
	VZEROUPPER
	RET

// packRowsAVX2 is packRowsAVX512 with a word of 0 or −1 for each of the 16
// columns.
//
// Spec    packRows.
// Needs   AVX2.
// Shapes  As packRowsAVX512.
// Memory  As packRowsAVX512.
// Cost    Two loads and two stores for 16 elements.
//
// func packRowsAVX2(dst, src *float32, rows, panels int, mask *int32, stride, rsd, psd int)
TEXT ·packRowsAVX2(SB), 0, $128-64
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ rows+16(FP), CX
	MOVQ panels+24(FP), DX
	MOVQ mask+32(FP), R10
	MOVQ stride+40(FP), BX
	VMOVUPS (R10), Y14
	VMOVUPS 32(R10), Y15
	MOVQ rsd+48(FP), R12
	MOVQ psd+56(FP), R13
	DECQ DX
row:
	MOVQ SI, R8
	MOVQ DI, R9
	MOVQ DX, R10
	TESTQ R10, R10
	JZ last
panel:
	VMOVUPS (R8), Y0
	VMOVUPS 32(R8), Y1
	PREFETCHT0 (R8)(BX*4)
	VMOVUPS Y0, (R9)
	VMOVUPS Y1, 32(R9)
	ADDQ $64, R8
	ADDQ R13, R9
	DECQ R10
	JNZ panel
last:
	VMASKMOVPS (R8), Y14, Y0
	VMASKMOVPS 32(R8), Y15, Y1
	PREFETCHT0 (R8)(BX*4)
	VMOVUPS Y0, (R9)
	VMOVUPS Y1, 32(R9)
	ADDQ BX, SI
	ADDQ R12, DI
	DECQ CX
	JNZ row
	VZEROUPPER
	RET

// transposeAVX512 transposes at most 16 rows, 16 columns at a time.
//
//	dst[k][l] = l < rows ? src[l][k] : 0
//
// Spec    packTransposed, transpose.
// Needs   AVX-512 F, BW, DQ.
// Shapes  dst: cols × 16, rows rsd bytes apart; src: rows × cols, rows stride bytes
//	apart, each 16 columns step bytes after those before; mask: a bit for each
//	column of the last 16; put: a bit for each column of dst that is written.
// Memory  Reads exactly those elements.
// Registers  pack_amd64.h; Z0 to Z15: rows, then columns.
// Cost    32 shuffles, one a cycle, and 48 inserts, for 16 × 16 elements.
//
// func transposeAVX512(dst, src *float32, rows, cols, stride, step, mask, rsd, put int)
TEXT ·transposeAVX512(SB), 0, $128-72
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ rows+16(FP), DX
	MOVQ cols+24(FP), CX
	MOVQ stride+32(FP), BX
	MOVQ step+40(FP), R13
	MOVQ rsd+56(FP), R12
	KMOVQ put+64(FP), K2
	KXNORW K1, K1, K1
	LEAQ (BX)(BX*2), R8
	LEAQ (R12)(R12*2), R14
block:
	ROWS4
	CMPQ DX, $16
	JNE some
	CMPQ CX, $16
	JLT some
	WHOLE16
	JMP transposed
some:
	CMPQ CX, $16
	JGT more
	KMOVQ mask+48(FP), K1
more:
	CLEAR(Z0, Z1, Z2, Z3)
	CLEAR(Z4, Z5, Z6, Z7)
	CLEAR(Z8, Z9, Z10, Z11)
	CLEAR(Z12, Z13, Z14, Z15)
	ROWS16(ROW, LOADZ)
loaded:
	TRANSPOSE16
transposed:
	COLUMNS4
	CMPQ CX, $16
	JLT tail
	COLUMNS16(UNASKED, STOREZ)
	LEAQ (R11)(R12*4), DI
	ADDQ R13, SI
	SUBQ $16, CX
	JNZ block
	VZEROUPPER
	RET
tail:
	COLUMNS16(COLUMN, STOREZ)
stored:
	VZEROUPPER
	RET

// transposeAVX2 is transposeAVX512 for at most 8 rows, and 8 columns at a time.
//
// Spec    packTransposed, transpose.
// Needs   AVX2.
// Shapes  As transposeAVX512 with rows ≤ 8; dst: cols × 8; lanes: 8 words of 0 or
//	−1 for the columns of the last 8; put: the same for those of dst that are
//	written, or nil for all.
// Memory  Reads exactly those elements.
// Registers  pack_amd64.h; Y0 to Y7: rows; Y15: columns; R15: bytes to the next
//	8 columns, taking turns with R13.
// Cost    24 shuffles, two a cycle, for 8 × 8 elements.
//
// func transposeAVX2(dst, src *float32, rows, cols, stride, step int, lanes *int32, rsd int, put *int32)
TEXT ·transposeAVX2(SB), 0, $128-72
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ rows+16(FP), DX
	MOVQ cols+24(FP), CX
	MOVQ stride+32(FP), BX
	MOVQ step+40(FP), R13
	MOVQ rsd+56(FP), R12
	MOVQ put+64(FP), AX
	MOVQ $32, R15
	SUBQ R15, R13
	VPCMPEQD Y15, Y15, Y15
	LEAQ (BX)(BX*2), R8
	LEAQ (R12)(R12*2), R14
block:
	CMPQ CX, $8
	JGT more
	MOVQ lanes+48(FP), R9
	VMOVUPS (R9), Y15
more:
	LEAQ (SI)(BX*4), R9
	CMPQ DX, $8
	JNE some
	ROWS8(WHOLE, LOADY, Y0, Y1, Y2, Y3, Y4, Y5, Y6, Y7)
	JMP loaded
some:
	CLEAR(Y0, Y1, Y2, Y3)
	CLEAR(Y4, Y5, Y6, Y7)
	ROWS8(ROW, LOADY, Y0, Y1, Y2, Y3, Y4, Y5, Y6, Y7)
loaded:
	TRANSPOSE8
	LEAQ (DI)(R12*4), R9
	TESTQ AX, AX
	JNZ masked
	CMPQ CX, $8
	JLT tail
	COLUMNS8(UNASKED, STOREY, Y8, Y9, Y10, Y11, Y4, Y5, Y6, Y7)
next:
	LEAQ (R9)(R12*4), DI
	ADDQ R15, SI
	XCHGQ R15, R13
	SUBQ $8, CX
	JGT block
	VZEROUPPER
	RET
masked:
	VMOVUPS (AX), Y0
	COLUMNS8(COLUMN, STORESOME, Y8, Y9, Y10, Y11, Y4, Y5, Y6, Y7)
	JMP next
tail:
	COLUMNS8(COLUMN, STOREY, Y8, Y9, Y10, Y11, Y4, Y5, Y6, Y7)
stored:
	VZEROUPPER
	RET

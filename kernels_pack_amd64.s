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

// packTransposedAVX512 transposes at most 16 rows into a panel, 16 columns at a
// time.
//
//	dst[k][l] = l < rows ? src[l][k] : 0
//
// Spec    packTransposed.
// Needs   AVX-512 F, BW, DQ.
// Shapes  dst: cols × 16; src: rows × cols, rows stride bytes apart, each 16
//	columns step bytes after those before; mask: a bit for each column of the
//	last 16.
// Memory  Reads exactly those elements, writes the whole panel.
// Registers  pack_amd64.h; Z0 to Z15: rows, then columns.
// Cost    64 shuffles, one a cycle, for 16 × 16 elements.
//
// func packTransposedAVX512(dst, src *float32, rows, cols, stride, step, mask int)
TEXT ·packTransposedAVX512(SB), 0, $128-56
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ rows+16(FP), DX
	MOVQ cols+24(FP), CX
	MOVQ stride+32(FP), BX
	MOVQ step+40(FP), R13
	KXNORW K1, K1, K1
	LEAQ (BX)(BX*2), R8
block:
	CMPQ CX, $16
	JGT more
	KMOVQ mask+48(FP), K1
more:
	ROWS4
	CMPQ DX, $16
	JNE some
	ROWS16(WHOLE, LOADZ)
	JMP loaded
some:
	CLEAR(Z0, Z1, Z2, Z3)
	CLEAR(Z4, Z5, Z6, Z7)
	CLEAR(Z8, Z9, Z10, Z11)
	CLEAR(Z12, Z13, Z14, Z15)
	ROWS16(ROW, LOADZ)
loaded:
	TRANSPOSE16
	CMPQ CX, $16
	JLT tail
	COLUMNS16(UNASKED)
	ADDQ $1024, DI
	ADDQ R13, SI
	SUBQ $16, CX
	JNZ block
	VZEROUPPER
	RET
tail:
	COLUMNS16(COLUMN)
stored:
	VZEROUPPER
	RET

// packTransposedAVX2 is packTransposedAVX512 for at most 8 rows and one half of
// the panel, 8 columns at a time.
//
// Spec    packTransposed.
// Needs   AVX2.
// Shapes  As packTransposedAVX512 with rows ≤ 8; dst: the first 8 of each 16
//	elements; lanes: 8 words of 0 or −1 for the columns of the last 8.
// Memory  Reads exactly those elements, writes the half panel.
// Registers  pack_amd64.h; Y0 to Y7: rows; Y15: columns; R12: bytes to the next
//	8 columns, taking turns with R13.
// Cost    24 shuffles, two a cycle, for 8 × 8 elements.
//
// func packTransposedAVX2(dst, src *float32, rows, cols, stride, step int, lanes *int32)
TEXT ·packTransposedAVX2(SB), 0, $128-56
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ rows+16(FP), DX
	MOVQ cols+24(FP), CX
	MOVQ stride+32(FP), BX
	MOVQ step+40(FP), R13
	MOVQ lanes+48(FP), AX
	MOVQ $32, R12
	SUBQ R12, R13
	VPCMPEQD Y15, Y15, Y15
	LEAQ (BX)(BX*2), R8
block:
	CMPQ CX, $8
	JGT more
	VMOVUPS (AX), Y15
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
	CMPQ CX, $8
	JLT tail
	COLUMNS8(UNASKED)
	ADDQ $512, DI
	ADDQ R12, SI
	XCHGQ R12, R13
	SUBQ $8, CX
	JNZ block
	VZEROUPPER
	RET
tail:
	COLUMNS8(COLUMN)
stored:
	VZEROUPPER
	RET

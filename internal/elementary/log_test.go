package elementary

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Logarithms correctly rounded from 60 decimal digits.
func TestLogExact(t *testing.T) {
	for _, c := range [][2]float64{
		{1, 0},
		{0x1p+1, 0x1.62e42fefa39efp-1},
		{0x1p-1, -0x1.62e42fefa39efp-1},
		{10, 0x1.26bb1bbb55516p+1},
		{0x1.fffffffffffffp-1, -0x1p-53},
		{0x1.0000000000001p+0, 0x1.fffffffffffffp-53},
		{0x1.fffffcp-1, -0x1.0000010000015p-23},
		{0x1p-23, -0x1.fe2804e87b348p+3},
		{0x1p-1074, -0x1.74385446d71c3p+9},
		{0x1p-1022, -0x1.6232bdd7abcd2p+9},
		{0x1.fffffffffffffp+1023, 0x1.62e42fefa39efp+9},
		{0x1.6a09e667f3bccp-1, -0x1.62e42fefa39f1p-2},
		{0x1.6a09e667f3bcdp-1, -0x1.62e42fefa39eep-2},
		{0x1.6a09e667f3bcdp+0, 0x1.62e42fefa39f0p-2},
		{0x1.e759ff97b7508p-3, -0x1.6f85a8ff87b4cp+0},
		{0x1.16a5368858d8dp-1, -0x1.377e34c08e9a2p-1},
		{0x1.7ad586f53dadep-2, -0x1.fd1e846239a23p-1},
		{0x1.353501de56e4ap-1, -0x1.0235603ec6ef6p-1},
		{0x1.405e69652cae3p-1, -0x1.e01ab01a7f971p-2},
		{0x1.0c67fd3611240p-4, -0x1.5cd578b69f144p+1},
		{0x1.af7d1e8a85280p-7, -0x1.151e2adf76b7ap+2},
		{0x1.acc8bf5e07e71p-1, -0x1.6b41739f4c865p-3},
		{0x1.09941946801c6p-2, -0x1.597cd96ef4734p+0},
		{0x1.dfe8e93116240p-3, -0x1.7376195f70addp+0},
		{0x1.fdc528ede5c0ep-1, -0x1.1e0b1c02167bbp-8},
		{0x1.a506bd6225675p+102, 0x1.1ccb4b898c5c0p+6},
		{0x1.54e4179f248b0p-210, -0x1.228c8e3acf552p+7},
		{0x1.5f8f0a399f82ap+740, 0x1.009f80a18ad3dp+9},
		{0x1.f9ec3268ecc45p-549, -0x1.7bdb49dc9ddb0p+8},
		{0x1.85ca2a2863a7fp-713, -0x1.edcb237569c16p+8},
	} {
		if got := Log(c[0]); got != c[1] {
			t.Errorf("log %x is %x, want %x", c[0], got, c[1])
		}
	}
}

// The logarithm is within an ulp of math.Log.
func TestLogClose(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 0))
	for range 100000 {
		x := math.Ldexp(r.Float64(), -r.IntN(60))
		got, want := Log(x), math.Log(x)
		if math.Abs(got-want) > 2.3e-16*math.Abs(want) {
			t.Fatalf("log %v is %v, and math.Log %v", x, got, want)
		}
	}
}

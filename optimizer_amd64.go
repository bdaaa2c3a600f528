//go:build amd64 && gc && !purego

package hadamard

//go:noescape
func ssgdAVX512(n int, w, dw *float32, lr, l2 float32)

//go:noescape
func smomentumAVX512(n int, w, dw, v *float32, lr, mu, keep, l2 float32)

//go:noescape
func snesterovAVX512(n int, w, dw, v *float32, lr, mu, l2 float32)

//go:noescape
func sheavyballAVX512(n int, w, dw, v *float32, lr, mu, l2 float32)

//go:noescape
func sadagradAVX512(n int, w, dw, s *float32, p *AdagradStep)

//go:noescape
func sadagradmomentumAVX512(n int, w, dw, s, v *float32, p *AdagradStep)

//go:noescape
func sadadeltaAVX512(n int, w, dw, s, u *float32, p *AdadeltaStep)

//go:noescape
func srmspropAVX512(n int, w, dw, s *float32, p *RMSpropStep)

//go:noescape
func srmspropmomentumAVX512(n int, w, dw, s, v *float32, p *RMSpropStep)

//go:noescape
func srmspropcentredAVX512(n int, w, dw, s, a *float32, p *RMSpropStep)

//go:noescape
func srmspropcentredmomentumAVX512(n int, w, dw, s, a, v *float32, p *RMSpropStep)

//go:noescape
func sadamAVX512(n int, w, dw, m, v *float32, p *AdamStep)

//go:noescape
func samsgradAVX512(n int, w, dw, m, v, top *float32, p *AdamStep)

//go:noescape
func sadamaxAVX512(n int, w, dw, m, u *float32, p *AdamaxStep)

//go:noescape
func snadamAVX512(n int, w, dw, m, v *float32, p *NAdamStep)

//go:noescape
func slionAVX512(n int, w, dw, m *float32, p *LionStep)

//go:noescape
func ssgdAVX2(n int, w, dw *float32, lr, l2 float32)

//go:noescape
func smomentumAVX2(n int, w, dw, v *float32, lr, mu, keep, l2 float32)

//go:noescape
func snesterovAVX2(n int, w, dw, v *float32, lr, mu, l2 float32)

//go:noescape
func sheavyballAVX2(n int, w, dw, v *float32, lr, mu, l2 float32)

//go:noescape
func sadagradAVX2(n int, w, dw, s *float32, p *AdagradStep)

//go:noescape
func sadagradmomentumAVX2(n int, w, dw, s, v *float32, p *AdagradStep)

//go:noescape
func sadadeltaAVX2(n int, w, dw, s, u *float32, p *AdadeltaStep)

//go:noescape
func srmspropAVX2(n int, w, dw, s *float32, p *RMSpropStep)

//go:noescape
func srmspropmomentumAVX2(n int, w, dw, s, v *float32, p *RMSpropStep)

//go:noescape
func srmspropcentredAVX2(n int, w, dw, s, a *float32, p *RMSpropStep)

//go:noescape
func srmspropcentredmomentumAVX2(n int, w, dw, s, a, v *float32, p *RMSpropStep)

//go:noescape
func sadamAVX2(n int, w, dw, m, v *float32, p *AdamStep)

//go:noescape
func samsgradAVX2(n int, w, dw, m, v, top *float32, p *AdamStep)

//go:noescape
func sadamaxAVX2(n int, w, dw, m, u *float32, p *AdamaxStep)

//go:noescape
func snadamAVX2(n int, w, dw, m, v *float32, p *NAdamStep)

//go:noescape
func slionAVX2(n int, w, dw, m *float32, p *LionStep)

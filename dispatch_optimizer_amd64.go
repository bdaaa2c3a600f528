//go:build amd64 && gc && !purego

package hadamard

import "github.com/hadamard-go/hadamard/kernels"

func sgd(w, g []float32, lr, l2 float32) {
	for len(w) > chunk {
		sgd(w[:chunk], g, lr, l2)
		w, g = w[chunk:], g[chunk:]
	}
	switch level {
	case LevelAVX512:
		ssgdAVX512(len(w), first(w), first(g), lr, l2)
	case LevelAVX2:
		ssgdAVX2(len(w), first(w), first(g), lr, l2)
	default:
		kernels.SGD(w, g, lr, l2)
	}
}

func momentum(w, g, v []float32, lr, mu, keep, l2 float32) {
	for len(w) > chunk {
		momentum(w[:chunk], g, v, lr, mu, keep, l2)
		w, g, v = w[chunk:], g[chunk:], v[chunk:]
	}
	switch level {
	case LevelAVX512:
		smomentumAVX512(len(w), first(w), first(g), first(v), lr, mu, keep, l2)
	case LevelAVX2:
		smomentumAVX2(len(w), first(w), first(g), first(v), lr, mu, keep, l2)
	default:
		kernels.Momentum(w, g, v, lr, mu, keep, l2)
	}
}

func nesterov(w, g, v []float32, lr, mu, l2 float32) {
	for len(w) > chunk {
		nesterov(w[:chunk], g, v, lr, mu, l2)
		w, g, v = w[chunk:], g[chunk:], v[chunk:]
	}
	switch level {
	case LevelAVX512:
		snesterovAVX512(len(w), first(w), first(g), first(v), lr, mu, l2)
	case LevelAVX2:
		snesterovAVX2(len(w), first(w), first(g), first(v), lr, mu, l2)
	default:
		kernels.Nesterov(w, g, v, lr, mu, l2)
	}
}

func heavyBall(w, g, v []float32, lr, mu, l2 float32) {
	for len(w) > chunk {
		heavyBall(w[:chunk], g, v, lr, mu, l2)
		w, g, v = w[chunk:], g[chunk:], v[chunk:]
	}
	switch level {
	case LevelAVX512:
		sheavyballAVX512(len(w), first(w), first(g), first(v), lr, mu, l2)
	case LevelAVX2:
		sheavyballAVX2(len(w), first(w), first(g), first(v), lr, mu, l2)
	default:
		kernels.HeavyBall(w, g, v, lr, mu, l2)
	}
}

func adagrad(w, g, s, v []float32, p *AdagradStep) {
	for len(w) > chunk {
		adagrad(w[:chunk], g, s, v, p)
		w, g, s, v = w[chunk:], g[chunk:], s[chunk:], rest(v)
	}
	switch {
	case level == LevelAVX512 && p.Momentum == 0:
		sadagradAVX512(len(w), first(w), first(g), first(s), p)
	case level == LevelAVX512:
		sadagradmomentumAVX512(len(w), first(w), first(g), first(s), first(v), p)
	case level == LevelAVX2 && p.Momentum == 0:
		sadagradAVX2(len(w), first(w), first(g), first(s), p)
	case level == LevelAVX2:
		sadagradmomentumAVX2(len(w), first(w), first(g), first(s), first(v), p)
	default:
		kernels.Adagrad(w, g, s, v, p)
	}
}

func adadelta(w, g, s, u []float32, p *AdadeltaStep) {
	for len(w) > chunk {
		adadelta(w[:chunk], g, s, u, p)
		w, g, s, u = w[chunk:], g[chunk:], s[chunk:], u[chunk:]
	}
	switch level {
	case LevelAVX512:
		sadadeltaAVX512(len(w), first(w), first(g), first(s), first(u), p)
	case LevelAVX2:
		sadadeltaAVX2(len(w), first(w), first(g), first(s), first(u), p)
	default:
		kernels.Adadelta(w, g, s, u, p)
	}
}

func rmsprop(w, g, s, a, v []float32, p *RMSpropStep) {
	for len(w) > chunk {
		rmsprop(w[:chunk], g, s, a, v, p)
		w, g, s, a, v = w[chunk:], g[chunk:], s[chunk:], rest(a), rest(v)
	}
	switch {
	case level == LevelAVX512 && a == nil && v == nil:
		srmspropAVX512(len(w), first(w), first(g), first(s), p)
	case level == LevelAVX512 && a == nil:
		srmspropmomentumAVX512(len(w), first(w), first(g), first(s), first(v), p)
	case level == LevelAVX512 && v == nil:
		srmspropcentredAVX512(len(w), first(w), first(g), first(s), first(a), p)
	case level == LevelAVX512:
		srmspropcentredmomentumAVX512(len(w), first(w), first(g), first(s), first(a), first(v), p)
	case level == LevelAVX2 && a == nil && v == nil:
		srmspropAVX2(len(w), first(w), first(g), first(s), p)
	case level == LevelAVX2 && a == nil:
		srmspropmomentumAVX2(len(w), first(w), first(g), first(s), first(v), p)
	case level == LevelAVX2 && v == nil:
		srmspropcentredAVX2(len(w), first(w), first(g), first(s), first(a), p)
	case level == LevelAVX2:
		srmspropcentredmomentumAVX2(len(w), first(w), first(g), first(s), first(a), first(v), p)
	default:
		kernels.RMSprop(w, g, s, a, v, p)
	}
}

func adam(w, g, m, v, top []float32, p *AdamStep) {
	for len(w) > chunk {
		adam(w[:chunk], g, m, v, top, p)
		w, g, m, v, top = w[chunk:], g[chunk:], m[chunk:], v[chunk:], rest(top)
	}
	switch {
	case level == LevelAVX512 && top == nil:
		sadamAVX512(len(w), first(w), first(g), first(m), first(v), p)
	case level == LevelAVX512:
		samsgradAVX512(len(w), first(w), first(g), first(m), first(v), first(top), p)
	case level == LevelAVX2 && top == nil:
		sadamAVX2(len(w), first(w), first(g), first(m), first(v), p)
	case level == LevelAVX2:
		samsgradAVX2(len(w), first(w), first(g), first(m), first(v), first(top), p)
	default:
		kernels.Adam(w, g, m, v, top, p)
	}
}

func adamax(w, g, m, u []float32, p *AdamaxStep) {
	for len(w) > chunk {
		adamax(w[:chunk], g, m, u, p)
		w, g, m, u = w[chunk:], g[chunk:], m[chunk:], u[chunk:]
	}
	switch level {
	case LevelAVX512:
		sadamaxAVX512(len(w), first(w), first(g), first(m), first(u), p)
	case LevelAVX2:
		sadamaxAVX2(len(w), first(w), first(g), first(m), first(u), p)
	default:
		kernels.Adamax(w, g, m, u, p)
	}
}

func nadam(w, g, m, v []float32, p *NAdamStep) {
	for len(w) > chunk {
		nadam(w[:chunk], g, m, v, p)
		w, g, m, v = w[chunk:], g[chunk:], m[chunk:], v[chunk:]
	}
	switch level {
	case LevelAVX512:
		snadamAVX512(len(w), first(w), first(g), first(m), first(v), p)
	case LevelAVX2:
		snadamAVX2(len(w), first(w), first(g), first(m), first(v), p)
	default:
		kernels.NAdam(w, g, m, v, p)
	}
}

func lion(w, g, m []float32, p *LionStep) {
	for len(w) > chunk {
		lion(w[:chunk], g, m, p)
		w, g, m = w[chunk:], g[chunk:], m[chunk:]
	}
	switch level {
	case LevelAVX512:
		slionAVX512(len(w), first(w), first(g), first(m), p)
	case LevelAVX2:
		slionAVX2(len(w), first(w), first(g), first(m), p)
	default:
		kernels.Lion(w, g, m, p)
	}
}

package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// write writes n images of 2 × 2 pixels, of which as many are bright as the label
// says, and their labels, under names with the prefix and suffix.
func write(t *testing.T, dir, prefix, part, suffix string, n int) {
	t.Helper()
	images := binary.BigEndian.AppendUint32([]byte{0, 0, 8, 3}, uint32(n))
	images = append(images, 0, 0, 0, 2, 0, 0, 0, 2)
	labels := binary.BigEndian.AppendUint32([]byte{0, 0, 8, 1}, uint32(n))
	for i := range n {
		label := byte(i % 3)
		labels = append(labels, label)
		for pixel := range byte(4) {
			v := byte(i % 7) // noise
			if pixel < 2*label {
				v += 240
			}
			images = append(images, v)
		}
	}
	for name, content := range map[string][]byte{part + "-images-idx3-ubyte": images, part + "-labels-idx1-ubyte": labels} {
		if suffix == ".gz" {
			var b bytes.Buffer
			z := gzip.NewWriter(&b)
			z.Write(content)
			z.Close()
			content = b.Bytes()
		}
		if err := os.WriteFile(filepath.Join(dir, prefix+name+suffix), content, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRun(t *testing.T) {
	epoch := regexp.MustCompile(`(?m)^epoch (\d)  (.*)   test: loss (\S+)  accuracy (\S+)   +\S+ s$`)
	var first string
	for _, form := range []struct{ prefix, suffix string }{{"", ""}, {"", ".gz"}, {"mnist-", ""}, {"mnist-", ".gz"}} {
		dir := t.TempDir()
		write(t, dir, form.prefix, "train", form.suffix, 900)
		write(t, dir, form.prefix, "t10k", form.suffix, 300)
		var out, screen bytes.Buffer
		if err := run(context.Background(), []string{"-epochs", "9", "-hidden", "16", "-seed", "4", dir}, &out, &screen); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), "900 images to train on, 300 to test") || !strings.Contains(out.String(), "4 → 16") {
			t.Errorf("out: %s", &out)
		}
		lines := epoch.FindAllStringSubmatch(out.String(), -1)
		learnt := slices.ContainsFunc(lines, func(l []string) bool { return l[4] > "0.9" })
		if len(lines) != 9 || lines[8][1] != "9" || !learnt {
			t.Errorf("epochs: %q", lines)
		}
		if !strings.Contains(screen.String(), "\repoch 9 of 9: 100 %, loss ") {
			t.Errorf("screen: %q", &screen)
		}
		numbers := ""
		for _, l := range lines {
			numbers += l[2] + l[3]
		}
		if first == "" {
			first = numbers
		}
		if numbers != first {
			t.Errorf("%v: other numbers:\n%s\n%s", form, numbers, first)
		}
	}
}

func TestErrors(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	write(t, dir, "", "train", "", 9)
	write(t, other, "", "train", "", 9)
	write(t, other, "", "t10k", "", 9)
	labels := filepath.Join(other, "t10k-labels-idx1-ubyte")
	if err := os.Truncate(labels, 12); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		args []string
		want []string
	}{
		{nil, []string{"give one", "train-images-idx3-ubyte.gz", "https://"}},
		{[]string{"a", "b"}, []string{"2 arguments"}},
		{[]string{filepath.Join(dir, "none")}, []string{"none: no file train-images-idx3-ubyte.gz", "https://", "Fashion-MNIST"}},
		{[]string{dir}, []string{": no file t10k-images-idx3-ubyte.gz", "https://"}},
		{[]string{other}, []string{labels, "cut off"}},
		{[]string{"-epochs", "none", other}, []string{`"none"`, "-epochs"}},
		{[]string{"-epochs", "-1", dir}, []string{"epochs"}},
		{[]string{"-hidden", "0", dir}, []string{"units"}},
	} {
		if test.args != nil && test.args[len(test.args)-1] == dir && len(test.args) > 1 {
			write(t, dir, "", "t10k", "", 9)
		}
		var out, screen bytes.Buffer
		err := run(context.Background(), test.args, &out, &screen)
		for _, want := range test.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%q: %v, want … %s", test.args, err, want)
			}
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := run(ctx, []string{dir}, &bytes.Buffer{}, &bytes.Buffer{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	var out bytes.Buffer
	if err := run(context.Background(), []string{"-h"}, &out, &out); err != nil || !strings.Contains(out.String(), "-hidden") || !strings.Contains(out.String(), "t10k-labels") {
		t.Errorf("help: %v, %s", err, &out)
	}
}

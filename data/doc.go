// Package data gets data in: tables from CSV files, at once or in batches,
// arrays from npy, npz and idx files, and a few classic data sets; the split
// into training and test rows, k folds and bootstrap samples; rare classes
// oversampled; scalers, an imputer for missing values, polynomial features and
// one-hot targets. It knows no networks.
//
//	d, err := data.LoadCSV("flowers.csv", data.CSVOptions{})
//	train, test, err := data.SplitStratified(d, 0.2, 1)
//	scaler, err := data.FitStandard(train.X)
//	scaler.Apply(train.X, train.X)
//	scaler.Apply(test.X, test.X)
//
// Lines of a file are counted from 1, as editors do; columns from 0, as pandas
// and NumPy do, in options and in errors alike.
//
// Results depend on the arguments alone: the same file, seed and options give
// the same bits on every machine. Functions may be called from many goroutines
// as long as nobody writes what another reads.
package data

// The streams of kernels.Philox that this package draws from: "data" in ASCII,
// then a number. Another use of the same seed on another stream is independent
// of these.
const (
	StreamSplit      uint64 = 0x64617461_00000001 // the order of rows in Split and SplitStratified
	StreamFold       uint64 = 0x64617461_00000002 // the order of rows in KFold and StratifiedKFold
	StreamBootstrap  uint64 = 0x64617461_00000003 // the rows of Bootstrap
	StreamOversample uint64 = 0x64617461_00000004 // the rows that Oversample repeats
	StreamShuffle    uint64 = 0x64617461_80000000 // the order of rows in CSVStream, plus the number of the epoch
)

// Loaded before the program with `--require`: its clock is BENCH_LATER_MS ahead, so that nobody waits for things to age.

const now = Date.now
Date.now = () => now() + Number(process.env.BENCH_LATER_MS)

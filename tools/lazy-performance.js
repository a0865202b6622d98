// The global `performance` loads seven modules of Node when it is first read, which React does at its start. All that the bundle
// uses of it is the clock, and in the bundle this stands in: milliseconds of a clock that only goes forward.

export const lazyPerformance = {
	now() {
		const [seconds, nanoseconds] = process.hrtime();
		return seconds * 1000 + nanoseconds / 1e6;
	},
};

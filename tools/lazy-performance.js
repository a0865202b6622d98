// The global `performance` loads seven modules of Node when it is first read, which React does at its start. The bundle uses only
// its clock, and replaces it by this monotonic clock in milliseconds.

export const lazyPerformance = {
	now() {
		const [seconds, nanoseconds] = process.hrtime();
		return seconds * 1000 + nanoseconds / 1e6;
	},
};

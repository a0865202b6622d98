/** Node's options for a process whose clock is this many seconds ahead. */
export function ahead(seconds: number): Record<string, string> {
	const source = `
		const RealDate = Date;
		globalThis.Date = class extends RealDate {
			constructor(...words) {
				super(...(words.length === 0 ? [RealDate.now() + ${seconds * 1000}] : words));
			}

			static now() {
				return RealDate.now() + ${seconds * 1000};
			}
		};
	`;
	return {NODE_OPTIONS: `--import=data:text/javascript;base64,${Buffer.from(source).toString('base64')}`};
}

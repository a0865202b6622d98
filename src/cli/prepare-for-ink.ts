import process from 'node:process';

/**
 * Honours NO_COLOR (https://no-color.org: any value that is not empty asks for no colour). To be called before Ink is loaded: the
 * library that it colours with reads the environment once, and knows only its own variable.
 */
export function prepareForInk(): void {
	if (process.env['NO_COLOR']) {
		process.env['FORCE_COLOR'] = '0';
	}
}

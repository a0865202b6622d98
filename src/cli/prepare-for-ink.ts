// Must be imported before Ink.
import process from 'node:process';

// Ink's layout engine calls fetch on a data: URI to load its WebAssembly, which would load all of Node's HTTP client.
// Without fetch it decodes the data itself.
Object.defineProperty(globalThis, 'fetch', {value: undefined, configurable: true, writable: true});

// https://no-color.org: any value that is not empty asks for no colour. The library that colours knows only its own variable.
if (process.env['NO_COLOR']) {
	process.env['FORCE_COLOR'] = '0';
}

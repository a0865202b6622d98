import {getCompileCacheDir} from 'node:module';
import {setFlagsFromString} from 'node:v8';

/**
 * Loads a module and has V8 compile all its functions at once instead of each at its first call. Node writes what is compiled when a module
 * is loaded to its compile cache, so a later start compiles nothing of it. Without that cache it is loaded as usual.
 */
export async function compileAtOnce<Module>(load: () => Promise<Module>): Promise<Module> {
	if (getCompileCacheDir() === undefined) {
		return load();
	}

	setFlagsFromString('--no-lazy');
	try {
		return await load();
	} finally {
		setFlagsFromString('--lazy');
	}
}

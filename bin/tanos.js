#!/usr/bin/env node
// The `tanos` command. Checks the Node version in words an old Node understands, then loads the bundle through V8's
// compile cache, which halves the time to the first frame.
import module from 'node:module';
import process from 'node:process';

const needed = 24;

if (Number.parseInt(process.versions.node, 10) < needed) {
	process.stderr.write('tanos needs Node ' + needed + ' or newer, but this is Node ' + process.versions.node + '. Install a newer Node and try again.\n');
	process.exit(2);
}

module.enableCompileCache();
void import('../build/tanos.js');

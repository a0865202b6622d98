// Makes a fresh clone ready to run: installs the packages of the lock file when node_modules is missing or older, and builds when a
// source or a dependency is newer than the last build, or always with --rebuild. It runs on the machine's own Node, so it uses no
// new features; the programs it starts run on the Node 24 that npm finds first in node_modules/.bin.
import {spawnSync} from 'node:child_process';
import {existsSync, readdirSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const stamp = path.join(root, 'build', '.built');
const installed = path.join(root, 'node_modules', '.package-lock.json');
const inputs = ['src', 'screens', 'test', 'bench', 'tools', 'package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.types.json'];

function newest(file) {
	if (!existsSync(file)) {
		return 0;
	}

	const found = statSync(file);
	return found.isDirectory() ? Math.max(found.mtimeMs, ...readdirSync(file).map(name => newest(path.join(file, name)))) : found.mtimeMs;
}

function npm(...words) {
	// The options of an outer `npm pack --dry-run` must not reach this npm, which would then install nothing.
	const {npm_config_dry_run: _dryRun, npm_config_json: _json, ...env} = process.env;
	const done = spawnSync('npm', words, {cwd: root, env, stdio: ['ignore', 'ignore', 'inherit']});
	if (done.status !== 0) {
		process.stderr.write(`\`npm ${words.join(' ')}\` failed. Run it yourself to see why.\n`);
		process.exit(1);
	}
}

if (newest(installed) < newest(path.join(root, 'package-lock.json'))) {
	process.stderr.write('Installing the packages of the lock file (once) ...\n');
	npm('ci', '--loglevel=error');
}

const isOutdated = newest(stamp) < Math.max(newest(installed), ...inputs.map(name => newest(path.join(root, name))));
if (isOutdated || process.argv.includes('--rebuild')) {
	process.stderr.write('Building ...\n');
	npm('run', '--silent', 'build');
	writeFileSync(stamp, '');
}

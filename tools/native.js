// Builds ssh2's native ciphers for the Node that this project brings. npm builds them for the Node that npm itself runs on,
// which the project's Node cannot load, and ssh2 then does without: large files took half as long again. Where there is no
// compiler everything works as well, and slower. Does nothing when they load already.
import {spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';

const modules = path.join(path.dirname(path.dirname(fileURLToPath(import.meta.url))), 'node_modules');
const addon = path.join(modules, 'ssh2', 'lib', 'protocol', 'crypto', 'build', 'Release', 'sshcrypto.node');
const node = path.join(modules, 'node', 'bin', 'node');
const headers = path.join(modules, 'node', 'node_modules', `node-${process.platform}-${process.arch}`);

const loads = () => spawnSync(node, ['-e', 'require(process.argv[1])', addon], {stdio: 'ignore'}).status === 0;

if (existsSync(node) && existsSync(headers) && !loads()) {
	spawnSync('npm', ['rebuild', 'ssh2'], {cwd: path.dirname(modules), stdio: 'ignore', env: {...process.env, npm_config_nodedir: headers}});
}

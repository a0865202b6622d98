// Makes tanos-node_VERSION_ARCHITECTURE.deb, with the Node that this project installs for itself, in the folder that an argument names, or
// here: `npm run deb:node`. It is for hosts without Node 24, and does not get in the way of another Node. Needs strip, of binutils.
import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {makeDebianPackage} from './debian-package.js';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const node = path.join(root, 'node_modules/node/node_modules', `node-linux-${process.arch}`);
const {version} = JSON.parse(readFileSync(path.join(node, 'package.json'), 'utf8'));
const architecture = execFileSync('dpkg', ['--print-architecture'], {encoding: 'utf8'}).trim();

const fields = {
	// By the newest versions of symbols that the program asks for: GLIBC_2.28, GLIBCXX_3.4.21, CXXABI_1.3.11.
	Depends: 'libc6 (>= 2.28), libgcc-s1, libstdc++6 (>= 7)',
	Section: 'javascript',
	Priority: 'optional',
	Homepage: 'https://nodejs.org',
	Description: `Node.js for tanos-console on hosts without Node 24
 The program node in /usr/lib/tanos-node, which nothing else uses. It is that of
 the Node.js project and contains its own copies of OpenSSL and other libraries:
 install a new version of this package for each security release of Node.js.`,
};

const overrides = `# Node.js supports only the versions of libraries that it brings.
tanos-node: embedded-library *
# The file is the LICENSE of Node.js, as it is.
tanos-node: copyright-file-contains-full-apache-2-license
tanos-node: copyright-not-using-common-license-for-gpl
`;

const file = makeDebianPackage(
	{name: 'tanos-node', version, architecture, fields, changes: `Node.js ${version}.`},
	process.argv[2] ?? process.cwd(),
	tree => {
		const program = 'usr/lib/tanos-node/bin/node';
		tree.copy(path.join(node, 'bin/node'), program);
		execFileSync('strip', [tree.at(program)]);
		tree.write('usr/share/doc/tanos-node/copyright', readFileSync(path.join(node, 'LICENSE')));
		tree.write('usr/share/lintian/overrides/tanos-node', overrides);
	},
);
process.stdout.write(`${file}\n`);

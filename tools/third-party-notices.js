// The licenses of the libraries in the bundle, which require that each copy includes them.
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';

const licenseFile = /^(?:licen[cs]e|unlicense|copying)(?:[.-]|$)/i;
const noticeFile = /^notice(?:[.-]|$)/i;

/**
 * The text of THIRD-PARTY-NOTICES.txt for a build of esbuild, as its metafile describes it. A package that comes without a license
 * file needs one in `declared`, named NAME@VERSION.txt (with + for / in the name), so that a new version is checked again.
 * Throws when a package has neither.
 */
export function thirdPartyNotices(metafile, {root, declared}) {
	const notices = new Map();
	const missing = new Set();
	for (const folder of bundledPackages(metafile)) {
		const {name, version, license} = JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
		const texts = licenseTexts(path.join(root, folder), path.join(declared, `${name.replace('/', '+')}@${version}.txt`));
		if (texts.length === 0) {
			missing.add(`${name}@${version} (its package.json says: ${license})`);
		}

		notices.set(`${name} ${version}`, [`${name} ${version}`, '', ...texts].join('\n'));
	}

	if (missing.size > 0) {
		throw new Error(`No license file comes with ${[...missing].join(', ')}. Add its text to ${path.relative(root, declared)}.`);
	}

	const intro = 'The programs in this folder contain code of the following packages.\n';
	const rule = `\n${'-'.repeat(80)}\n\n`;
	return [intro, ...[...notices.keys()].toSorted().map(name => notices.get(name))].join(rule);
}

/** The folders of the packages whose code is in the output, and of esbuild, which adds its own helper functions. */
function bundledPackages({outputs}) {
	const used = Object.values(outputs).flatMap(({inputs}) => Object.keys(inputs).filter(file => inputs[file].bytesInOutput > 0));
	const folders = used.map(file => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0]);
	return new Set([...folders.filter(folder => folder !== undefined), 'node_modules/esbuild']);
}

/** The texts of a package's license files, or the one declared for it, and of its notices; none when there is no license. */
function licenseTexts(folder, declaredFile) {
	const textsOf = pattern =>
		readdirSync(folder)
			.filter(name => pattern.test(name))
			.toSorted()
			.map(name => textOf(path.join(folder, name)));
	const isText = text => text !== '';
	const own = textsOf(licenseFile).filter(isText);
	const licenses = own.length === 0 && existsSync(declaredFile) ? [textOf(declaredFile)].filter(isText) : own;
	return licenses.length === 0 ? [] : [...licenses, ...textsOf(noticeFile)].map(text => `${text}\n`);
}

function textOf(file) {
	return readFileSync(file, 'utf8').replaceAll('\r\n', '\n').trim();
}

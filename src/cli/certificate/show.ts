import {stat} from 'node:fs/promises';
import {describeContents, type Contents} from '../../certificates/describe/describe-contents.js';
import {describeCertificate, type CertificateDescription} from '../../certificates/describe/describe-certificate.js';
import {exitCodes} from '../../exit-codes.js';
import {Problem} from '../../problem.js';
import {presentedBy, type Served} from '../../services/probe.js';
import {momentOf, print, UsageError, type Command} from '../command.js';
import {showDefinition} from '../definitions/certificate.js';
import {bytesOfFile} from '../files.js';
import {parseCall} from '../parse-call.js';
import {printBlocks, printCertificate} from './print-contents.js';

const defaultPort = 443;

/** `tanos certificate show FILE|HOST:PORT`: describes a file, block by block, or the chain that a server presents now. */
export const show: Command = async words => {
	const {
		values,
		arguments: {'FILE|HOST:PORT': what},
	} = parseCall(showDefinition, words);
	const served = what === '-' || (await isFile(what)) ? undefined : serverNamed(what, values.servername);
	const at = momentOf(values.at);
	return served ? showServer(served, at, values.json) : showFile(what, at, values.json);
};

/** Resolves with exit code 1 when something in the file could not be read. */
async function showFile(file: string, at: Date, json = false): Promise<number> {
	const contents = await contentsOfFile(file, at);
	print(...(json ? [JSON.stringify(contents)] : []));
	if (!json) {
		printBlocks(contents, file === '-' ? 'FILE' : file);
	}

	return contents.blocks.some(({kind}) => kind === 'unread') ? exitCodes.no : exitCodes.done;
}

async function showServer(served: Served, at: Date, json = false): Promise<number> {
	const {certificate, chain} = await presented(served, at);
	print(...(json ? [JSON.stringify({certificate, chain})] : []));
	for (const [index, one] of (json ? [] : [certificate, ...chain]).entries()) {
		print(...(index === 0 ? [] : ['']));
		printCertificate(one, index + 1, ` presented by ${served.host}:${served.port}`);
	}

	return exitCodes.done;
}

async function isFile(name: string): Promise<boolean> {
	return stat(name).then(
		() => true,
		() => false,
	);
}

/** `HOST:PORT`, `[IPv6]:PORT` or `https://HOST[:PORT]`; undefined for what can only be a file. */
function serverNamed(what: string, servername: string | undefined): Served | undefined {
	const url = /^https:\/\/(?<host>\[[\da-f:.]+\]|[^:/[\]]+)(?::(?<port>\d{1,5}))?\/?$/i.exec(what);
	const address = url ?? /^(?<host>\[[\da-f:.]+\]|[^:/[\]]+):(?<port>\d{1,5})$/i.exec(what);
	const host = address?.groups?.['host']?.replaceAll(/[[\]]/g, '');
	const port = Number(address?.groups?.['port'] ?? defaultPort);
	if (host === undefined) {
		return undefined;
	}

	if (port < 1 || port > 65_535) {
		throw new UsageError(`${what}: port ${port} is not valid.`);
	}

	return {host, port, servername: servername ?? host};
}

async function presented(served: Served, at: Date): Promise<{certificate: CertificateDescription; chain: CertificateDescription[]}> {
	const [certificate, ...chain] = (await presentedBy(served)).map(der => describeCertificate(der, at));
	if (certificate === undefined) {
		throw new Problem('no-certificate', `${served.host}:${served.port} presents no certificate.`, 'Check that it is a TLS server.');
	}

	return {certificate, chain};
}

async function contentsOfFile(file: string, at: Date): Promise<Contents> {
	const bytes = await bytesOfFile(file, 'Name a file, or a server as HOST:PORT.');
	try {
		return describeContents(bytes, at);
	} catch (error) {
		throw error instanceof Problem ? new Problem(error.code, `${file}: ${error.message}`, error.hint, {cause: error}) : error;
	}
}

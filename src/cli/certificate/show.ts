import {exitCodes} from '../../exit-codes.js';
import {stat} from 'node:fs/promises';
import {parseArgs} from 'node:util';
import {describeContents, type Contents} from '../../certificates/describe/describe-contents.js';
import {describeCertificate, type CertificateDescription} from '../../certificates/describe/describe-certificate.js';
import {certificateRows, requestRows} from '../../certificates/describe/rows.js';
import {Problem} from '../../problem.js';
import {presentedBy, type Served} from '../../services/probe.js';
import {momentOf, print, printRows, UsageError, type Command} from '../command.js';
import {bytesOfFile} from '../files.js';

const defaultPort = 443;

/** `tanos certificate show FILE|HOST:PORT`: what it is, in words; a server is shown as it presents itself just now. */
export const show: Command = async words => {
	const {values, positionals: [what, ...more]} = parseArgs({args: words, allowPositionals: true, options: {
		servername: {type: 'string'}, at: {type: 'string'}, json: {type: 'boolean', default: false},
	}});
	if (what === undefined || more.length > 0) {
		throw new UsageError('Name a file or a server: tanos certificate show FILE|HOST:PORT');
	}

	const served = await isFile(what) ? undefined : serverNamed(what, values.servername);
	const at = momentOf(values.at);
	const contents = served ? await presented(served, at) : await contentsOfFile(what, at);
	print(...(values.json ? [JSON.stringify(contents)] : []));
	if (!values.json) {
		printContents(contents, served);
	}

	return exitCodes.done;
};

async function isFile(name: string): Promise<boolean> {
	return stat(name).then(() => true, () => false);
}

/** `HOST:PORT`, `[IPv6]:PORT` or `https://HOST[:PORT]`; undefined for what can only be a file's name. */
function serverNamed(what: string, servername: string | undefined): Served | undefined {
	const address = /^(?:https:\/\/(?<secure>\[[\da-f:.]+\]|[^:/[\]]+)(?::(?<port>\d{1,5}))?\/?|(?<host>\[[\da-f:.]+\]|[^:/[\]]+):(?<number>\d{1,5}))$/i.exec(what)?.groups;
	const host = (address?.['host'] ?? address?.['secure'])?.replaceAll(/[[\]]/g, '');
	const port = Number(address?.['number'] ?? address?.['port'] ?? defaultPort);
	if (host === undefined) {
		return undefined;
	}

	if (port < 1 || port > 65_535) {
		throw new UsageError(`${what}: there is no port ${port}.`);
	}

	return {host, port, servername: servername ?? host};
}

async function presented(served: Served, at: Date): Promise<Contents> {
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

function printContents(contents: Contents, served: Served | undefined): void {
	if ('request' in contents) {
		print('Certificate signing request');
		printRows(requestRows(contents.request));
		return;
	}

	const all: CertificateDescription[] = [contents.certificate, ...contents.chain];
	const where = served ? ` as ${served.host}:${served.port} presents it` : '';
	for (const [index, certificate] of all.entries()) {
		print(...(index === 0 ? [`Certificate${where}`] : ['', `Chain, certificate ${index + 1}`]));
		printRows(certificateRows(certificate));
	}
}

import {exitCodes} from '../../exit-codes.js';
import path from 'node:path';
import process from 'node:process';
import {parseArgs} from 'node:util';
import {createFile} from '../../appliance/atomic-file.js';
import {audit} from '../../appliance/audit.js';
import {readIdentity} from '../../appliance/identity.js';
import {labAuthority, labRoot} from '../../appliance/lab.js';
import {describeCertificate} from '../../certificates/describe/describe-certificate.js';
import {signRequest} from '../../certificates/issuance/lab-authority.js';
import {certificatesIn} from '../../certificates/parse/pem.js';
import {readRequest, type Request} from '../../certificates/parse/request-file.js';
import {hasCode, Problem, messageOf} from '../../problem.js';
import {layoutFor, print, rootOption, UsageError, wholeNumber, type Command} from '../command.js';
import {bytesOfFile} from '../files.js';

/**
 * `tanos certificate sign REQUEST --lab`: a certificate from the sandbox's lab CA, for rehearsals only. Prints it in PEM, its
 * issuer's behind it, or writes it to `--out`; where the root is goes to standard error.
 */
export const sign: Command = async words => {
	const {values, positionals: [file, ...more]} = parseArgs({args: words, allowPositionals: true, options: {
		...rootOption, lab: {type: 'boolean', default: false}, out: {type: 'string'}, days: {type: 'string', default: '365'}, json: {type: 'boolean', default: false},
	}});
	if (file === undefined || more.length > 0 || !values.lab) {
		throw new UsageError('Name a request, and say that it is for a rehearsal: tanos certificate sign REQUEST --lab');
	}

	const days = wholeNumber('--days', values.days, 825);
	const layout = layoutFor(values.root);
	await readIdentity(layout);
	const request = await requestIn(file);
	const authority = await labAuthority(layout, new Date());
	const certificate = signRequest(request, authority, {days, from: new Date()});
	authority.key.fill(0);
	const about = describeCertificate(certificatesIn(certificate)[0]!, new Date());
	await audit(layout, {event: 'lab-certificate-issued', request: path.basename(file), certificate: about.fingerprint});
	if (values.out !== undefined) {
		await write(values.out, certificate);
	}

	const root = labRoot(layout);
	if (values.json) {
		print(JSON.stringify({...about, pem: certificate, root, ...(values.out !== undefined && {out: path.resolve(values.out)})}));
	} else {
		process.stdout.write(values.out === undefined ? certificate : '');
		process.stderr.write(`${values.out === undefined ? '' : `The certificate and its issuer's are in ${values.out}.\n`}LAB ONLY: no production system is to trust this. Its root, for curl --cacert and the like:\n  ${root}\n`);
	}

	return exitCodes.done;
};

async function requestIn(file: string): Promise<Request> {
	const bytes = await bytesOfFile(file, 'Name a certificate signing request.');
	try {
		return readRequest(bytes);
	} catch (error) {
		throw error instanceof Problem ? new Problem(error.code, `${file}: ${error.message}`, error.hint, {cause: error}) : error;
	}
}

async function write(file: string, certificate: string): Promise<void> {
	try {
		await createFile(file, certificate, 0o644);
	} catch (error) {
		throw hasCode(error, 'EEXIST')
			? new Problem('file-exists', `${file} exists already, and nothing is written over it.`, 'Name another file: --out FILE')
			: new Problem('cannot-write', `${file} cannot be written. ${messageOf(error)}`, 'Name another file: --out FILE', {cause: error});
	}
}

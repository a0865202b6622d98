import {exitCodes} from '../../exit-codes.js';
import path from 'node:path';
import process from 'node:process';
import {createFile} from '../../appliance/atomic-file.js';
import {assertAuditable, audit} from '../../appliance/audit.js';
import {readIdentity} from '../../appliance/identity.js';
import {labAuthority, labRoot} from '../../appliance/lab.js';
import {checkRequest} from '../../certificates/check-request.js';
import {describeCertificate} from '../../certificates/describe/describe-certificate.js';
import {signRequest} from '../../certificates/issuance/lab-authority.js';
import {certificatesIn} from '../../certificates/parse/pem.js';
import {readRequest, type Request} from '../../certificates/parse/request-file.js';
import type {FindingDraft} from '../../certificates/rules/finding.js';
import {hasCode, Problem, messageOf} from '../../problem.js';
import {layoutFor, print, wholeNumber, type Command} from '../command.js';
import {signDefinition} from '../definitions/certificate.js';
import {bytesOfFile} from '../files.js';
import {parseCall} from '../parse-call.js';

/**
 * `tanos certificate sign REQUEST --lab`: a certificate from the sandbox's lab CA, for testing only. Prints it and its issuer
 * in PEM, or writes them to `--out`. The path of the root goes to standard error.
 */
export const sign: Command = async words => {
	const {
		values,
		arguments: {REQUEST: file},
	} = parseCall(signDefinition, words);
	const days = wholeNumber('--days', values.days, 825);
	const layout = layoutFor(values.root);
	const {name} = await readIdentity(layout);
	const request = await requestIn(file);
	await assertAuditable(layout); // The lab CA is made when it is first needed.
	const authority = await labAuthority(layout, new Date());
	const asRequired = values['as-required'];
	const findings = asRequired ? [] : await checkRequest(request, {hosts: [name], at: new Date()});
	const certificate = signRequest(request, authority, {days, from: new Date(), asRequired});
	authority.key.fill(0);
	const about = describeCertificate(certificatesIn(certificate)[0]!, new Date());
	await audit(layout, {event: 'lab-certificate-issued', request: path.basename(file), certificate: about.fingerprint});
	if (values.out !== undefined) {
		await write(values.out, certificate);
	}

	const root = labRoot(layout);
	if (values.json) {
		print(JSON.stringify({...about, findings, pem: certificate, root, ...(values.out !== undefined && {out: path.resolve(values.out)})}));
	} else {
		process.stdout.write(values.out === undefined ? certificate : '');
		const saved = values.out === undefined ? '' : `The certificate and its issuer are in ${values.out}.\n`;
		process.stderr.write(
			`${describeFindings(findings)}${saved}LAB ONLY: no production system should trust this. `
				+ `Its root certificate, for example for curl --cacert:\n  ${root}\n`,
		);
	}

	return exitCodes.done;
};

/** What a certificate lacks that has what was asked for and nothing else. */
function describeFindings(findings: readonly FindingDraft[]): string {
	const lines = findings.map(({severity, id, message}) => `  ${severity} ${id}: ${message}\n`);
	return lines.length === 0
		? ''
		: `The certificate has what the request asks for. To add what is missing: --as-required\n${lines.join('')}`;
}

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
			? new Problem('file-exists', `${file} already exists. It is not overwritten.`, 'Name another file: --out FILE')
			: new Problem('cannot-write', `${file} cannot be written. ${messageOf(error)}`, 'Name another file: --out FILE', {cause: error});
	}
}

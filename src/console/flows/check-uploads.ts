// Checks the files in /incoming. A missing key is looked for on the appliance, and a copy of the files is converted when the user
// agrees. The uploaded files are not changed.
import {auditOrKeep} from '../../appliance/audit.js';
import {zeroizeUpload} from '../../appliance/uploads.js';
import {checkPair, type CheckResult, type Finding} from '../../certificates/check.js';
import {conversionFor, convertPair, type Conversion} from '../../certificates/conversion/conversion.js';
import type {Role} from '../../certificates/rules/finding.js';
import {recordedTarget} from '../../installation/target.js';
import {Problem} from '../../problem.js';
import {sanitise} from '../../sanitise.js';
import {printProblem, type Conversation} from '../conversation.js';
import type {ConsoleSession} from '../environment.js';
import {candidatesIn} from './candidates.js';
import {findChain, recordChain} from './chain-file.js';
import {knownKeys, takeKnownKey, type KnownKey, type KnownKeys} from './known-keys.js';
import {printFindingList} from './print-findings.js';
import {chooseInPlace, printUploadHelp, type Uploads} from './uploads.js';

export type Checked = {uploads: Uploads; result: CheckResult};

const tries = 3;

/** Checks the uploads and prints every finding, and again after a conversion. The caller zeroizes the uploads. */
export async function checkUploads(conversation: Conversation, session: ConsoleSession, uploads: Uploads): Promise<Checked> {
	const known = await knownKeys(session, uploads.target);
	const keyed = await useMatchingKey(conversation, session, await checkWithChosenKey(conversation, session, uploads, known), known);
	const first = await offerChain(conversation, session, keyed, known);
	await printFindings(conversation, session, first);
	const conversion = conversionFor(first.uploads, first.result.findings);
	if (!conversion) {
		printWhatIsMissing(conversation, session, first);
		return first;
	}

	const converted = await offerConversion(conversation, session, first, conversion);
	if (!converted) {
		return first;
	}

	const again = await useMatchingKey(conversation, session, await checkInStep(conversation, session, converted, known), known);
	const second = await offerChain(conversation, session, again, known);
	await printFindings(conversation, session, second);
	return second;
}

function check({identity, now}: ConsoleSession, {certificate, key, target}: Uploads, {all, installed}: KnownKeys): CheckResult {
	const {verifiers, policy} = target;
	return checkPair(certificate, key, {
		hosts: target.names(identity),
		at: now(),
		verifiers,
		savedKeys: all,
		...(installed && {installed}),
		...(policy && {policy}),
	});
}

async function checkInStep(conversation: Conversation, session: ConsoleSession, uploads: Uploads, known: KnownKeys): Promise<Checked> {
	const title = 'Check both files, and that the key matches the certificate';
	return {uploads, result: await conversation.step(title, async () => check(session, uploads, known))};
}

/** Offers a key under another name only when no key on the appliance matches and no bundle may contain one. */
async function checkWithChosenKey(
	conversation: Conversation,
	session: ConsoleSession,
	uploads: Uploads,
	known: KnownKeys,
): Promise<Checked> {
	const checked = await checkInStep(conversation, session, uploads, known);
	const {findings, certificate} = checked.result;
	const fits = known.all.some(({publicKeyFingerprint}) => publicKeyFingerprint === certificate?.publicKeyFingerprint);
	if (fits || findings.some(({id}) => id === 'cert-pkcs12' || id === 'cert-is-key')) {
		return checked;
	}

	const chosen = await chooseInPlace(conversation, session, 'key', uploads);
	return chosen === uploads ? checked : checkInStep(conversation, session, chosen, known);
}

/** When a key on the appliance matches the certificate, it is used in place of a missing one, or of another if the user agrees. */
async function useMatchingKey(
	conversation: Conversation,
	session: ConsoleSession,
	{uploads, result}: Checked,
	known: KnownKeys,
): Promise<Checked> {
	const key = fittingKey(result, known);
	if (!key) {
		return {uploads, result};
	}

	const isMissing = result.findings.some(({id}) => id === 'key-not-found');
	conversation.print(
		`The certificate matches ${key.name}${isMissing ? ', which is used.' : ', not the uploaded one.'}`,
		isMissing ? 'good' : 'warning',
	);
	if (!isMissing && !(await conversation.confirm('Use that key instead of the uploaded one?', 'yes'))) {
		return {uploads, result};
	}

	const whole = await withKnownKey(uploads, key);
	return {uploads: whole, result: await conversation.step('Check the certificate with that key', async () => check(session, whole, known))};
}

/** When the certificate came alone and its chain is in another file of /incoming, it is used if the user agrees. */
async function offerChain(conversation: Conversation, session: ConsoleSession, checked: Checked, known: KnownKeys): Promise<Checked> {
	const chained = lacksChain(checked.result)
		? await findChain(session, checked.uploads, await candidatesIn(session, checked.uploads.target))
		: undefined;
	if (!chained) {
		return checked;
	}

	const {name, added, uploads} = chained;
	conversation.print(
		`${checked.uploads.certificate.name} has no chain, and ${sanitise(name)} continues it: ${added.join('; ')}.`,
		'warning',
	);
	if (!(await conversation.confirm('Put these certificates behind it, in a copy?', 'yes'))) {
		return checked;
	}

	await recordChain(session, chained);
	return checkInStep(conversation, session, uploads, known);
}

/** Whether clients would get the server's certificate alone. */
export function lacksChain({findings}: CheckResult): boolean {
	return findings.some(({id}) => id === 'chain-missing');
}

/** The key on the appliance that matches a certificate which was uploaded without a key, or with another one. */
function fittingKey({findings, certificate}: CheckResult, {all}: KnownKeys): KnownKey | undefined {
	const isWanted = findings.some(({id}) => id === 'key-not-found' || id === 'key-mismatch');
	return isWanted ? all.find(({publicKeyFingerprint}) => publicKeyFingerprint === certificate?.publicKeyFingerprint) : undefined;
}

/** Uses a key of the appliance. An uploaded key that does not match is no longer part of the pair: it stays in /incoming. */
async function withKnownKey(uploads: Uploads, known: KnownKey): Promise<Uploads> {
	const {key, origins} = await takeKnownKey(known, uploads.key.name);
	zeroizeUpload(uploads.key);
	return {...uploads, key, origins: {...uploads.origins, key: origins}};
}

/**
 * Checks the uploads without asking: a missing key is taken from the appliance if it is there, and nothing is converted. The
 * caller zeroizes the uploads.
 */
export async function checkUploadsQuietly(session: ConsoleSession, uploads: Uploads): Promise<Checked> {
	const known = await knownKeys(session, uploads.target);
	const result = check(session, uploads, known);
	const key = result.findings.some(({id}) => id === 'key-not-found') ? fittingKey(result, known) : undefined;
	if (!key) {
		return {uploads, result};
	}

	const whole = await withKnownKey(uploads, key);
	return {uploads: whole, result: check(session, whole, known)};
}

async function offerConversion(
	conversation: Conversation,
	session: ConsoleSession,
	{uploads, result}: Checked,
	conversion: Conversion,
): Promise<Uploads | undefined> {
	const lines = conversion.titles.map(title => `  ${title}`);
	conversation.print(`A copy of the files can be converted; the uploaded files are not changed:\n${lines.join('\n')}`, 'heading');
	if (!(await conversation.confirm('Convert a copy, and check it?', 'yes'))) {
		return undefined;
	}

	for (let failures = 0; failures < tries; failures++) {
		const passphrases = await askPassphrases(conversation, uploads, conversion);
		const converted = await convert(conversation, session, uploads, result.findings, passphrases);
		if (converted !== 'wrong-passphrase') {
			return converted;
		}
	}

	conversation.print('Three wrong passphrases. Nothing was converted.', 'bad');
	return undefined;
}

async function askPassphrases(conversation: Conversation, uploads: Uploads, {locked}: Conversion): Promise<Partial<Record<Role, string>>> {
	const passphrases: Partial<Record<Role, string>> = {};
	for (const role of locked) {
		const {name} = role === 'cert' ? uploads.certificate : uploads.key;
		passphrases[role] = await conversation.secret(`Passphrase of ${name}:`);
	}

	return passphrases;
}

async function convert(
	conversation: Conversation,
	{layout, user, convert: run}: ConsoleSession,
	uploads: Uploads,
	findings: readonly Finding[],
	passphrases: Partial<Record<Role, string>>,
): Promise<Uploads | 'wrong-passphrase' | undefined> {
	try {
		const {done, from, ...pair} = await conversation.step('Convert a copy', async () => convertPair(uploads, findings, passphrases, run));
		conversation.print(done.join('\n'), 'good');
		await auditOrKeep(layout, {event: 'uploads-converted', user: user.name, done});
		for (const before of [uploads.certificate, uploads.key].filter(file => file !== pair.certificate && file !== pair.key)) {
			zeroizeUpload(before);
		}

		return {...pair, target: uploads.target, origins: {certificate: uploads.origins[from.certificate], key: uploads.origins[from.key]}};
	} catch (error) {
		if (!(error instanceof Problem)) {
			throw error;
		}

		printProblem(conversation, error);
		return error.code.startsWith('wrong-passphrase') ? 'wrong-passphrase' : undefined;
	}
}

/** Prints every finding, and records the check in the audit log. */
export async function printFindings(
	conversation: Conversation,
	session: ConsoleSession,
	{uploads: {target}, result: {ok, findings, certificate}}: Checked,
): Promise<void> {
	await auditOrKeep(session.layout, {
		event: 'certificate-checked',
		user: session.user.name,
		...recordedTarget(target),
		ok,
		findings: findings.map(({id}) => id),
		certificate: certificate?.fingerprint,
	});
	printFindingList(conversation, findings);
}

function printWhatIsMissing(conversation: Conversation, session: ConsoleSession, {uploads, result: {findings}}: Checked): void {
	if (findings.some(({id}) => id === 'cert-not-found' || id === 'key-not-found')) {
		printUploadHelp(conversation, session, uploads.target);
	}
}

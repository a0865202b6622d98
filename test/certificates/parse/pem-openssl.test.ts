// The PEM reader against OpenSSL, block by block: whatever is accepted is sent, every certificate of it.
import test from 'ava';
import {checkPair} from '../../../src/certificates/check.js';
import {sentCertificates} from '../../helpers/sent-certificates.js';
import {certificateName, goodKey, keyName, pemOf, uploaded} from '../fixtures/files.js';
import {at, certificate, intermediate} from '../fixtures/make.js';

const [first, second] = [pemOf(certificate()), pemOf(intermediate())];
const bom = '\u{FEFF}';

/** Each form of a file with a server's certificate and its intermediate, and the line that the finding must name, if it is refused. */
const forms: ReadonlyArray<[what: string, file: string, line?: number]> = [
	['as usual', first + second],
	['CRLF', (first + second).replaceAll('\n', '\r\n')],
	['white space at the ends of lines', (first + second).replaceAll('\n', ' \t\n')],
	['text between', `${first}Intermediate:\n${second}`],
	['a byte order mark at the beginning', bom + first + second],
	['NUL and Ctrl-Z at the end', `${first}${second}\0\0\u{1A}`],
	['NUL at the ends of lines', (first + second).replaceAll('\n', '\0\n')],
	['a byte order mark before the second', first + bom + second],
	['two byte order marks', bom + first + bom + second],
	['a byte order mark after an empty line', `${first}\n${bom}${second}`, 23],
	['a stray letter before BEGIN', `${first}x${second}`, 22],
	['a name before BEGIN', `${first}tls.crt: ${second}`, 22],
	['a quote before BEGIN', `${first}"${second}`, 22],
	['text behind BEGIN', first + second.replace('CERTIFICATE-----\n', 'CERTIFICATE----- #\n'), 22],
	['a no-break space behind BEGIN', first + second.replace('CERTIFICATE-----\n', 'CERTIFICATE-----\u{A0}\n'), 22],
	['four hyphens before BEGIN', first + second.slice(1), 22],
	['four hyphens behind BEGIN', first + second.replace('CERTIFICATE-----\n', 'CERTIFICATE----\n'), 22],
	['six hyphens before BEGIN', `${first}-${second}`, 22],
	['small letters', first + second.replace('BEGIN CERTIFICATE', 'begin certificate'), 22],
	['BEGIN without a space', first + second.replace('BEGIN CERTIFICATE', 'BEGINCERTIFICATE'), 22],
	['BEGIN with two spaces', first + second.replace('BEGIN CERTIFICATE', 'BEGIN  CERTIFICATE'), 22],
	['dashes of a word processor', first + second.replace('-----BEGIN CERTIFICATE-----', '—–BEGIN CERTIFICATE—–'), 22],
	['no BEGIN line', first + second.slice(second.indexOf('\n') + 1), 22],
	['no BEGIN and no END line', first + second.split('\n').slice(1, -2).join('\n'), 22],
	['a misspelt label', first + second.replaceAll('CERTIFICATE', 'CERTIFCATE'), 22],
	['a label in small letters', first + second.replaceAll('CERTIFICATE', 'certificate'), 22],
	['the label of a request', first + second.replaceAll('CERTIFICATE', 'CERTIFICATE REQUEST'), 22],
	['the old label', first + second.replaceAll('CERTIFICATE', 'X509 CERTIFICATE')],
	['a long line before', `${'x'.repeat(254)}${first}${second}`, 1],
];

for (const [what, file, line] of forms) {
	test(`${what}: ${line === undefined ? 'each certificate is sent' : `an error at line ${line}`}`, async t => {
		const bytes = Buffer.from(file);
		const {ok, pair, findings} = checkPair(uploaded(certificateName, bytes), uploaded(keyName, goodKey()), {hosts: [], at});
		t.is(ok, line === undefined, JSON.stringify(findings));
		if (line === undefined) {
			const sent = await sentCertificates({certificate: bytes, key: Buffer.from(goodKey())});
			t.deepEqual(sent, pair?.chain);
			t.is(sent.length, 2);
		} else {
			const text = findings.map(({message}) => message).join('\n');
			t.regex(text, new RegExp(String.raw`\bline ${line}\b`));
			t.notRegex(findings.map(({hint}) => hint).join('\n'), /Nothing has to be done/);
		}
	});
}

test('nothing of a private key is shown with a line that is not read', t => {
	const key = goodKey().replace('\n', ' ');
	const {findings} = checkPair(uploaded(certificateName, first + key), uploaded(keyName, `${goodKey()}x${key}`), {hosts: [], at});
	const body = goodKey().split('\n')[1] ?? '';
	t.deepEqual([...new Set(findings.map(({id}) => id))], ['cert-parse', 'cert-has-key', 'key-parse']);
	t.false(JSON.stringify(findings).includes(body.slice(0, 20)));
});

import type {CertificateDescription} from '../../certificates/describe/describe-certificate.js';
import {placeOf, type Contents} from '../../certificates/describe/describe-contents.js';
import type {FileBlock} from '../../certificates/describe/file-blocks.js';
import {certificateRows, requestRows, revocationListRows} from '../../certificates/describe/rows.js';
import {isCertificateLabel} from '../../certificates/parse/pem.js';
import {convertCommand} from '../../certificates/rules/finding.js';
import {print, printRows} from '../command.js';

/** Prints every block of a file, with an empty line between two; of those that are not shown, what they are and where. */
export function printBlocks({blocks}: Contents, file: string): void {
	let number = 0;
	for (const [index, block] of blocks.entries()) {
		print(...(index === 0 ? [] : ['']));
		number += isCertificate(block) ? 1 : 0;
		printBlock(block, number, file);
	}
}

/** Prints one certificate by its number in a chain, counted from 1. `source` is added to the title of the first. */
export function printCertificate(certificate: CertificateDescription, number: number, source = ''): void {
	print(number === 1 ? `Certificate${source}` : `Chain, certificate ${number}`);
	printRows(certificateRows(certificate));
}

/** Also one that could not be read, so that the numbers are those of the file. */
function isCertificate({kind, label}: FileBlock): boolean {
	return kind === 'certificate' || (kind === 'unread' && label !== undefined && isCertificateLabel(label));
}

function printBlock(block: FileBlock, number: number, file: string): void {
	switch (block.kind) {
		case 'certificate': {
			printCertificate(block.certificate, number);
			return;
		}

		case 'request': {
			print('Certificate signing request');
			printRows(requestRows(block.request));
			return;
		}

		case 'revocation-list': {
			print('Certificate revocation list');
			printRows(revocationListRows(block.revocationList));
			return;
		}

		case 'public-key': {
			print('Public key');
			printRows([
				['Key', block.keyType],
				['Public key', block.publicKeyFingerprint],
			]);
			return;
		}

		default: {
			print(sentenceFor(block, file));
		}
	}
}

type NotShown = Extract<FileBlock, {kind: 'private-key' | 'bundle' | 'other' | 'unread'}>;

function sentenceFor(block: NotShown, file: string): string {
	const place = placeOf(block);
	switch (block.kind) {
		case 'private-key': {
			const type = block.hasPassphrase ? ', protected by a passphrase' : block.keyType === undefined ? '' : `, ${block.keyType}`;
			return `Private key (${place})${type}. Nothing of it is shown.`;
		}

		case 'bundle': {
			return `${block.format} bundle (${place}), which is not shown. Take it apart: ${convertCommand(file)}`;
		}

		case 'other': {
			return `Not shown (${place}): it is no certificate, request or key.`;
		}

		case 'unread': {
			return `Not read (${place}): ${block.reason}.`;
		}
	}
}

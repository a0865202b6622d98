import {checkRequest} from '../../certificates/check-request.js';
import {isRequest, readRequest} from '../../certificates/parse/request-file.js';
import {exitCodes} from '../../exit-codes.js';
import {print} from '../command.js';
import {readLocal} from '../local-file.js';
import {findingLines} from './finding-lines.js';

type Options = {hosts: string[]; at: Date; json: boolean | undefined};

/**
 * Checks a request: prints what a certificate made from it would lack, and resolves with the exit code. Resolves with undefined when the
 * file is no request. Rejects with Problem `bad-request` for a damaged one.
 */
export async function checkRequestFile(file: string, {hosts, at, json}: Options): Promise<number | undefined> {
	const read = file === '-' ? undefined : await readLocal(file);
	if (read?.state !== 'read' || !isRequest(read.bytes)) {
		return undefined;
	}

	const findings = await checkRequest(readRequest(read.bytes), {hosts, at});
	const ok = findings.every(({severity}) => severity !== 'error');
	print(...(json ? [JSON.stringify({ok, findings})] : [...findingLines(findings, hosts), verdict(ok)]));
	return ok ? exitCodes.done : exitCodes.no;
}

function verdict(ok: boolean): string {
	return ok
		? 'A certificate that has what this request asks for can be installed.'
		: 'A certificate that has what this request asks for, and nothing else, cannot be installed.';
}

import type {PemText} from '../parse/pem-text.js';
import {quoted} from '../../sanitise.js';
import {shownLine} from '../rules/lost-block.js';

type Unread = {kind: 'unread'; line: number; reason: string};

/** The lines that were meant as a part of a PEM block and that no program reads as one. */
export function textProblems({lost, indentedLine, joinedLine}: PemText): Unread[] {
	return [
		...(lost === undefined ? [] : [unread(lost.number, `it seems to belong to a PEM block: ${quoted(shownLine(lost.bytes))}`)]),
		...(indentedLine === undefined ? [] : [unread(indentedLine, 'there is white space before the dashes of a BEGIN or END line')]),
		...(joinedLine === undefined ? [] : [unread(joinedLine, 'there is other text in front of a BEGIN line')]),
	];
}

function unread(line: number, reason: string): Unread {
	return {kind: 'unread', line, reason};
}

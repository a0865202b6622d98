import {Text} from 'ink';
import stringWidth from 'string-width';
import {splitAtCursor} from '../../src/console/line.js';

type Props = {
	prompt: string;
	line: string;
	/** How many characters of the line are right of the cursor. */
	behind?: number | undefined;
	/** Whether to draw asterisks instead of the typed text. */
	isSecret?: boolean;
	columns: number;
};

/** The prompt and the text typed after it, with the cursor. When they do not fit, what is around the cursor is shown. */
export function Prompt({prompt, line, behind = 0, isSecret = false, columns}: Props) {
	const [left, right] = splitAtCursor({text: isSecret ? '*'.repeat([...line].length) : line, behind});
	// The margins of the frame and the cursor also take columns.
	const room = Math.max(1, columns - 3);
	const [under = '', ...rest] = right;
	const shownRest = startOf(rest.join(''), Math.floor(room / 3));
	const shownLeft = endOf(left, room - stringWidth(shownRest));
	const shownPrompt = endOf(`${prompt} `, room - stringWidth(shownLeft + shownRest));
	return (
		<Text wrap='truncate'>
			<Text bold>{shownPrompt}</Text>
			{shownLeft}
			{under === '' ? <Text bold>_</Text> : <Text inverse>{under}</Text>}
			{shownRest}
		</Text>
	);
}

/** The end of the text, as much as fits into this many columns. */
function endOf(text: string, columns: number): string {
	const characters = [...text];
	let width = stringWidth(text);
	while (width > columns) {
		width -= stringWidth(characters.shift()!);
	}

	return characters.join('');
}

/** Likewise its start. */
function startOf(text: string, columns: number): string {
	const characters = [...text];
	let width = stringWidth(text);
	while (width > columns) {
		width -= stringWidth(characters.pop()!);
	}

	return characters.join('');
}

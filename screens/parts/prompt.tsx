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

/** The prompt and the text typed after it, with the cursor as a character, so that it is seen without colour, too. */
export function Prompt({prompt, line, behind = 0, isSecret = false, columns}: Props) {
	const [left, right] = splitAtCursor({text: isSecret ? '*'.repeat([...line].length) : line, behind});
	// The margins of the frame and the cursor also take columns.
	const room = Math.max(1, columns - 3);
	const shownRight = fitting(right, Math.floor(room / 3), 'start');
	const shownLeft = fitting(left, room - stringWidth(shownRight), 'end');
	const shownPrompt = fitting(`${prompt} `, room - stringWidth(shownLeft + shownRight), 'end');
	return (
		<Text wrap='truncate'>
			<Text bold>{shownPrompt}</Text>
			{shownLeft}
			<Text bold>{right === '' ? '_' : '|'}</Text>
			{shownRight}
		</Text>
	);
}

/** As much of the text as fits into this many columns: its end, or its start. */
function fitting(text: string, columns: number, part: 'start' | 'end'): string {
	const characters = [...text];
	let width = stringWidth(text);
	while (width > columns) {
		width -= stringWidth((part === 'end' ? characters.shift() : characters.pop())!);
	}

	return characters.join('');
}

import {Text} from 'ink';

type Props = {
	prompt: string;
	line: string;
	/** Draws asterisks instead of what was typed. */
	isSecret?: boolean;
	columns: number;
};

/** The prompt and what is typed after it; when it does not fit, its end, where the typing is. */
export function Prompt({prompt, line, isSecret = false, columns}: Props) {
	const typed = isSecret ? '*'.repeat(line.length) : line;
	const whole = `${prompt} ${typed}`;
	const room = Math.max(1, columns - 3);
	const shown = whole.length > room ? whole.slice(-room) : whole;
	const start = Math.max(0, shown.length - typed.length);
	return <Text wrap='truncate'><Text bold>{shown.slice(0, start)}</Text>{shown.slice(start)}<Text bold>_</Text></Text>;
}

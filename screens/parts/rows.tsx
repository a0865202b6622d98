import {Text} from 'ink';
import {useEffect, useState} from 'react';
import type {Tone} from '../../src/console/conversation.js';
import type {Row} from '../../src/console/transcript.js';

/** Colours only repeat what the words say. */
const looks: Record<Tone, {bold?: true; dimColor?: true; color?: string}> = {
	plain: {},
	heading: {bold: true},
	good: {color: 'green'},
	warning: {color: 'yellow'},
	bad: {color: 'red', bold: true},
	dim: {dimColor: true},
};

/** Rows of text, one to a terminal row. */
export function Rows({rows}: {rows: readonly Row[]}) {
	return rows.map((row, index) =>
		// Rows have no identity but their place.
		row.spinner ? (
			<Text key={index} wrap='truncate'>
				<Spinner />
				{row.text.slice(1)}
			</Text>
		) : (
			<Text key={index} wrap='truncate' {...looks[row.tone]}>
				{row.text === '' ? ' ' : row.text}
			</Text>
		),
	);
}

/** The first of these rows where not all fit, and how many do not. */
export function firstRows(rows: readonly Row[], room: number): readonly Row[] {
	if (rows.length <= room) {
		return rows;
	}

	const shown = rows.slice(0, Math.max(0, room - 1));
	return [...shown, {text: `... ${rows.length - shown.length} more rows on a taller terminal`, tone: 'dim'}];
}

const frames = ['|', '/', '-', '\\'];
/** How long one frame of the spinner stands, in milliseconds. */
const beat = 120;

function Spinner() {
	const [frame, setFrame] = useState(0);
	useEffect(() => {
		const timer = setInterval(() => {
			setFrame(before => (before + 1) % frames.length);
		}, beat);
		return () => {
			clearInterval(timer);
		};
	}, []);
	return <Text bold>{frames[frame]}</Text>;
}

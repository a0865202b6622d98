import {Box, Text} from 'ink';
import {isLong, printedRows, conversationRows, type ConsoleState, type Question, type ConversationView} from '../src/console/state.js';
import {visibleRows} from '../src/console/transcript.js';
import {Frame} from './frame.js';
import {ChoiceList} from './parts/choice-list.js';
import {Hints} from './parts/hints.js';
import {Prompt} from './parts/prompt.js';
import {Rows} from './parts/rows.js';

/** A conversation: the end of what was printed, as much as fits, and the open question. */
export function ConversationScreen({state, view}: {state: ConsoleState; view: ConversationView}) {
	const {question, notice} = view;
	const room = conversationRows(state, view);
	const printed = visibleRows(printedRows(state, view), room.printed, view.scroll);
	return (
		<Frame
			state={state}
			prompt={question ? <QuestionPrompt state={state} question={question} /> : <Text dimColor>Working ...</Text>}
			hint={notice === '' ? <Hints hints={hintsOf(question)} columns={state.columns} /> : <Text wrap='truncate'>{notice}</Text>}
		>
			<Text bold wrap='truncate'>
				{view.title}
			</Text>
			<Text> </Text>
			<Rows rows={printed} />
			{question?.choices && (
				<Box marginTop={printed.length > 0 ? 1 : 0}>
					<ChoiceList choices={question.choices} selected={view.selected} rows={room.choices} />
				</Box>
			)}
		</Frame>
	);
}

/** A prompt that is too long for its row is printed above it. */
function QuestionPrompt({state, question: {kind, prompt}}: {state: ConsoleState; question: Question}) {
	const {line, behind, columns} = state;
	return (
		<Prompt prompt={isLong(prompt, state) ? '>' : prompt} line={line} behind={behind} isSecret={kind === 'secret'} columns={columns} />
	);
}

function hintsOf(question: Question | undefined): string[] {
	if (!question) {
		return [];
	}

	const scroll = 'Page Up, Page Down  scroll';
	if (question.choices) {
		return ['R  back', 'Up, Down, Enter  choose', scroll];
	}

	return question.kind === 'pause' || question.kind === 'follow' ? [scroll] : ['Ctrl+C  cancel', scroll];
}

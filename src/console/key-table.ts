/** What the keys do: the help screen and docs/keys.md show this table. */
export const keyTable: ReadonlyArray<{keys: string; does: string}> = [
	{keys: 'a key of the menu, Enter', does: 'opens that entry, in upper or lower case: 2, a'},
	{keys: 'a path, Enter', does: 'opens an entry from anywhere: 2-4, A-A-4'},
	{keys: 'Up, Down, Enter', does: 'highlights an entry, and opens it'},
	{keys: 'R, Enter or Escape', does: 'goes back one menu'},
	{keys: 'RR, Enter', does: 'goes to the main menu'},
	{keys: 'Z, Enter', does: 'logs out'},
	{keys: '?, Enter', does: 'shows these keys'},
	{keys: 'YES, yes, Y, NO, no, N', does: 'answer a question, in upper or lower case'},
	{keys: 'Ctrl+C', does: 'cancels a question; nothing is changed'},
	{keys: 'Page Up, Page Down', does: 'scroll the output'},
	{keys: 'Left, Right, Home, End', does: 'move the cursor; so do Ctrl+A and Ctrl+E'},
	{keys: 'Backspace, Delete, Ctrl+W', does: 'erase a character, the one under the cursor, a word'},
	{keys: 'Ctrl+U, Ctrl+K', does: 'erase to the start, to the end of the line'},
];

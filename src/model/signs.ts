/**
 * The source of a regular expression (without flags) for one sign of a text that acts on who shows it, or that nobody sees, but for the
 * controls below a blank: delete and the controls of ISO 6429, marks of direction and their old forms, fillers, joiners and spaces
 * without width, separators of lines, marks of notes, tags and the selectors of variants that are taken to hide texts. (Unicode 16:
 * General_Category Cf and Default_Ignorable_Code_Point, without what shows emoji.)
 */
export const UNSEEN = String.raw`\udb40[\udc00-\uddef]|[\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]`;

/** What a CI service takes for a command, wherever it stands in a line: the first sign of `##vso[`, `##[`, `##teamcity[`. */
export const CI_COMMAND = String.raw`#(?=#(?:vso|teamcity)?\[)`;

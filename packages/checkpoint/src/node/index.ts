export { folderStorage } from './folder.ts';
export { makeFolder } from './make-folder.ts';

export { folderStorage } from './folder.ts';
export { type FolderLock, lockFolder } from './lock.ts';
export { makeFolder } from './make-folder.ts';

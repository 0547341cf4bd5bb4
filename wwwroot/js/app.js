// Everything the pages do in the browser by themselves. No module here is called per token.
import "./preferences.js";
import "./sidebar.js";
import "./rename.js";
import "./row-menu.js";
import "./sidebar-list.js";
import "./message-jump.js";
import "./thread-scroller.js";
import "./chat-composer.js";
import "./composer/drop.js";
import "./composer/escape.js";
import "./composer/file-viewer.js";
import "./composer/page.js";
import "./copy.js";
import "./connection.js";
import "./playground.js";
import "./pop-up.js";
import "./elapsed-time.js";

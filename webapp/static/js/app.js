// The one entry: small modules, each does nothing where its elements are absent.
import { watchComposing } from "./composing.js";
import { watchKeys } from "./keys.js";
import { watchForms } from "./forms.js";
import { watchAnswers } from "./answers.js";
import { watchSuggestions } from "./suggest.js";
import { watchPrint } from "./print.js";
import { watchBoard } from "./board.js";
import { watchMapEditor } from "./mapedit.js";
import { watchTabs } from "./tabs.js";
import { watchZoom } from "./zoom.js";

watchComposing();
watchKeys();
watchForms();
watchAnswers();
watchSuggestions();
watchPrint();
watchBoard();
watchMapEditor();
watchTabs();
watchZoom();

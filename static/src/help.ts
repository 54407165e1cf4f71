/*
 * The script of the pages that readers see. Nothing needs it to read, search or write to us: it shows answers while
 * somebody types, plays a film in its place, and marks where in an article they are.
 */
import "./elements/ot-instant"
import "./elements/ot-offers"
import "./elements/ot-vote"
import { followContents } from "./help/contents"
import { playInPlace } from "./help/films"
import { chooseTheme, closeDrops, keepLanguage, printOnDemand } from "./help/small"
import { tidyAddress } from "./help/tidy"

document.documentElement.classList.add("js")
chooseTheme()
closeDrops()
keepLanguage()
printOnDemand()
playInPlace()
followContents()
tidyAddress()

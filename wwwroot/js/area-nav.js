// On a phone the pages of the settings are a row that scrolls.
document.querySelector(".area-nav [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest", behavior: "instant" });

// The script of explain.html: the list of files, and for each melody its roll and the playing of it.

document.documentElement.classList.add('scripted');

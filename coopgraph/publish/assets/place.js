// The link to the other language leads to the same place of the page.
const link = document.querySelector("a.language");
if (link) {
  const bare = link.href;
  const follow = () => { link.href = bare.split("#")[0] + location.hash; };
  addEventListener("hashchange", follow);
  follow();
}
// What an address points at within a closed <details> is shown.
const open = () => {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let one = target || null; one; one = one.parentElement) if (one.localName === "details") one.open = true;
  if (target) target.scrollIntoView({ block: "nearest" });
};
addEventListener("hashchange", open);
open();

// What menus, drag and renaming end in: the server hears of it by the change event of one hidden field (SidebarCommand.cs).
export function send(command, id, value) {
  const field = document.querySelector("[data-sidebar-commands]");
  if (!field) return;
  field.value = JSON.stringify({ do: command, id: id || "00000000-0000-0000-0000-000000000000", value });
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

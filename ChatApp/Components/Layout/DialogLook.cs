using Radzen;

namespace ChatApp.Components.Layout;

/// <summary>How the dialogs of the sidebar look.</summary>
internal static class DialogLook
{
    public static DialogOptions Small => new() { Width = "min(28rem, calc(100vw - 2rem))", CloseDialogOnEsc = true, CloseDialogOnOverlayClick = true, AutoFocusFirstElement = true };
}

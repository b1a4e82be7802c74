"""What the help says of the window: a paragraph a string, shown as it stands here."""

from __future__ import annotations

START = (
    (
        "A template is a network that is ready to train: click its picture, then Train. What "
        "it opens is a copy without a file, so that the template stays as it is."
    ),
    (
        "Recovered work is what an earlier session did not close. Click it to go on; it is "
        "kept until it is saved or discarded."
    ),
)
CANVAS = (
    (
        "Data flows from top to bottom. Tab or a double-click on the ground opens the search "
        "for a layer; a layer is put behind the selected node and connected."
    ),
    (
        "Drag from a port to another one to connect them; drop the edge on the ground and "
        "only layers that fit are offered. Drop a node on an edge to put it in between."
    ),
    (
        "Each edge says the shape of what runs through it: N is the batch. A layer that does "
        "not fit says why, right on the node, with repairs that mend it."
    ),
    (
        "Arrows walk from node to node, Ctrl with arrows moves the node, C connects, Enter "
        "edits. Ctrl+G makes a block of the selection; Ctrl+Enter goes inside, Esc comes out."
    ),
    (
        "A block is one definition with many uses: each gives its parameters other values. In "
        "a block, the … beside a setting makes it a parameter. Formulas such as 4 * dim stand "
        "in any field, and in the number of copies."
    ),
    (
        "R repeats a node: 4 puts copies one after the other, 4 loop runs the same one again "
        "and again, 4 map sets them side by side. Settings may differ by copy: 64 * 2**i."
    ),
    (
        "Weights are shared in the inspector: those of a whole node, or one parameter, as a "
        "language model's head takes the embedding's weight. O goes to their owner."
    ),
    (
        "A project may hold several networks, one for each role of its training. They stand "
        "below the path at the top left; a right click names, moves or removes one."
    ),
)
OWN = (
    (
        "A layer of your own is a class of Python that derives from nn.Module. It stands in "
        "the palette under My layers, is written to custom.py, and goes home with the code."
    ),
    (
        "The constructor's arguments become its settings: give each a type (int, float, bool, "
        "str, Literal, a tuple of numbers) and what is not needed a default. A line of the "
        "docstring's Args explains one, and a range at its end is its limit: heads: How many "
        "(1 to 16)."
    ),
    (
        "Ports and shapes stand in one line: inputs, an arrow, outputs. *S D -> *S 32 takes a "
        "tensor of any number of dims with D at the end. A word that is a whole number of the "
        "constructor follows from the edge: *S features -> *S features. Several ports have "
        "names, ? marks one that may stay open, ... one that takes several edges: a: N T D, "
        "mask?: T T -> N T D. Formulas stand in braces: N C H W -> N {C * H * W}."
    ),
    (
        "Check shapes builds the layer and calls it with several sizes in a process of its "
        "own, and compares what comes out with what is declared. Nothing else runs it before "
        "training does."
    ),
    (
        "What you type here is trusted on this machine. What comes with a file is only text "
        "until you have read it and said so; one changed character asks again."
    ),
)
PANELS: dict[str, tuple[str, ...]] = {
    "palette": (
        (
            "All layers by family. A click or Enter adds one behind the selected node; dragging "
            "puts it anywhere, also on an edge."
        ),
        (
            "The field above finds a layer by a few of its letters (mp finds MaxPool2d) and by "
            "what it does. A click on a star keeps one among the favourites."
        ),
        (
            "Below the families stand the blocks of this project, your own, and ready ones with "
            "their papers. Placing a ready block copies it into the project once. A right click "
            "saves a block to your own, which every project finds."
        ),
    ),
    "inspector": (
        (
            "The settings of the selected node. Sizes that follow from the input are marked auto; "
            "typing a value pins it, an empty field lets it follow again."
        ),
        (
            "A field takes a number, a tuple such as 3, 5, or a formula over the parameters of "
            "the block that is on the canvas. With several nodes selected, what they have in "
            "common is set in all of them."
        ),
        (
            "Below are the shapes that come in and go out, what the node costs, its name, its "
            "copies, and whether it is frozen or bypassed. With nothing selected, the inspector "
            "shows the project and the network."
        ),
    ),
    "train": (
        (
            "The training loop and its settings: how long, which loss, which optimizer, which "
            "schedule of the learning rate."
        ),
        (
            "They hold for the next run; what may be changed while one goes on stands in the "
            "Monitor."
        ),
        (
            "The forecast says how much memory and time a run will take here, and the largest "
            "batch that fits."
        ),
    ),
    "history": (
        (
            "Every step since the file was opened. A click goes to it, there and back; what was "
            "undone stays until something else is done."
        ),
    ),
    "monitor": (
        (
            "The curves of the run: raw values faint, smoothed ones strong. No spike is lost, "
            "however far one zooms out. A dashed line is a change of the learning rate, or of "
            "whatever else the run lets one change."
        ),
        (
            "The pointer reads the values of a step. The wheel zooms, dragging moves, a double "
            "click shows everything again. With the keyboard: arrows, + and −, Home; L and "
            "Shift+L make an axis logarithmic, X goes from steps to epochs to time."
        ),
        ("The … of a plot smooths it more or less, saves it as a picture, or its numbers as CSV."),
        (
            "The gradient flow has a bar for each layer that learns, and says where gradients "
            "vanish or explode. Switch the canvas to Gradients to see them on the nodes."
        ),
        (
            "In the run box a learning rate can be changed while the run goes on; it holds from "
            "the next step. Runs that are checked in the list of runs are laid over the live one."
        ),
    ),
    "code": (
        (
            "The PyTorch source of the network: the very text that is trained and exported, "
            "written anew with every edit."
        ),
        (
            "A line belongs to a node, both ways: a click on a line shows the node, and the lines "
            "of selected nodes are lit. Ctrl+F finds, the button at the right copies the whole "
            "file."
        ),
    ),
    "problems": (
        (
            "What keeps the network from being built or trained, with the place and a hint. A "
            "click goes to the node; a button mends it as one step that can be undone."
        ),
        "The same is said on the canvas, beside the node where it arises.",
    ),
    "data": (
        (
            "What the network learns from. On the left is the source with its settings; on the "
            "right are some samples, the classes and how many there are of each, and what is kept "
            "for validation."
        ),
        (
            "Drop a table (CSV) or a text here to learn from your own data, or choose a file in a "
            "field with a folder. Nothing leaves this machine."
        ),
    ),
    "runs": (
        (
            "All runs of this project: their results, and the settings in which they differ. A "
            "click on a head sorts."
        ),
        (
            "A check mark lays the curves over those of the live run. Continue trains on from the "
            "last checkpoint; Export takes home the code with the weights of that run."
        ),
        "A deleted run can be restored until the deleted ones are removed for good.",
    ),
    "log": (
        (
            "What happened, in order: runs, files, and what the disk or the machine refused. "
            "Search it, choose warnings or errors only, copy what is shown."
        ),
    ),
    "images": (
        (
            "Pictures that the network makes, epoch by epoch. The slider goes back to earlier "
            "ones; all are kept in the folder of the run."
        ),
    ),
    "environment": (
        ("The environment in which the network acts, live, with the return of the last episode."),
    ),
    "export": (
        (
            "The files that you take home. They need PyTorch and nothing of NNStudio: python "
            "train.py trains the very network that is drawn here."
        ),
        (
            "Prove writes them aside, trains one step here and in a process without NNStudio, and "
            "compares every bit of the weights."
        ),
        "A run is exported with its weights from the list of runs.",
    ),
}
